# SPDX-License-Identifier: MIT
"""What the package does, as root, with the host's files and a tree of busybox."""

import contextlib
import doctest
import errno
import gc
import math
import os
import pathlib
import pickle
import random
import select
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import unittest.mock
import warnings

import minictr
from minictr import DEVNULL, PIPE, STDOUT, Code

MIB = 1 << 20


def shell(script, **keywords):
    keywords.setdefault("capture_output", True)
    return minictr.run(["sh", "-c", script], text=True, **keywords)


def sleeping(**keywords):
    return minictr.Popen(["sleep", "100"], **keywords)


@contextlib.contextmanager
def rootfs():
    """A directory with nothing but busybox."""
    with tempfile.TemporaryDirectory() as root:
        os.mkdir(f"{root}/bin")
        shutil.copy("/bin/busybox", f"{root}/bin/sh")
        yield root


class Streams(unittest.TestCase):
    def test_output(self):
        done = shell("echo out; echo err >&2")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "out\n", "err\n"))

    def test_bytes(self):
        done = minictr.run(["printf", "\\377"], stdout=PIPE)
        self.assertEqual((done.stdout, done.stderr), (b"\xff", None))

    def test_both_in_order(self):
        done = shell("echo 1; echo 2 >&2; echo 3", capture_output=False, stdout=PIPE, stderr=STDOUT)
        self.assertEqual((done.stdout, done.stderr), ("1\n2\n3\n", None))

    def test_input(self):
        done = minictr.run(["cat"], input=b"x" * MIB, capture_output=True)
        self.assertEqual(done.stdout, b"x" * MIB)

    def test_text(self):
        done = minictr.run(["cat"], input="ä\r\n", stdout=PIPE, encoding="latin-1")
        self.assertEqual(done.stdout, "ä\n")

    def test_input_that_is_not_read(self):
        self.assertEqual(minictr.run(["true"], input=b"x" * MIB).returncode, 0)

    def test_null_device(self):
        done = shell("readlink /proc/self/fd/0; echo seen >&2", capture_output=False, stdin=DEVNULL,
                     stdout=PIPE, stderr=DEVNULL)
        self.assertEqual(done.stdout, "/dev/null\n")

    def test_files_and_inherited(self):
        with tempfile.TemporaryFile() as file:
            os.set_inheritable(file.fileno(), True)
            with minictr.Popen(["sh", "-c", f"echo one; echo two >&{file.fileno()}"], stdout=file,
                               pass_fds=[file.fileno()]) as process:
                self.assertIsNone(process.stdout)
            file.seek(0)
            self.assertEqual(file.read(), b"one\ntwo\n")

    def test_directories_are_passed_only_by_name(self):
        directory = os.open("/", os.O_RDONLY | os.O_DIRECTORY)
        try:
            for keywords in {"stdin": directory}, {"pass_fds": [directory]}:
                with self.assertRaisesRegex(minictr.MinictrError, "it is a directory"):
                    minictr.run(["true"], **keywords)
            minictr.run(["test", "-d", f"/proc/self/fd/{directory}"], pass_dir_fds=[directory],
                        check=True)
        finally:
            os.close(directory)

    def test_caller_has_what_is_not_given(self):
        code = "import minictr; minictr.run(['echo', 'text'])"
        self.assertEqual(subprocess.check_output([sys.executable, "-c", code]), b"text\n")

    def test_talk(self):
        with minictr.Popen(["cat"], stdin=PIPE, stdout=PIPE, text=True) as process:
            process.stdin.write("first\n")
            process.stdin.flush()
            self.assertEqual(process.stdout.readline(), "first\n")
            process.stdin.write("second\n")
            self.assertEqual(process.communicate("third\n"), ("second\nthird\n", None))
        self.assertEqual(process.returncode, 0)

    def test_communicate_again_after_a_timeout(self):
        script = "echo out; read line; echo $line; read line; cat"
        with minictr.Popen(["sh", "-c", script], stdin=PIPE, stdout=PIPE) as process:
            process.send_signal(signal.SIGSTOP)
            with self.assertRaises(minictr.TimeoutExpired):
                process.communicate(b"1\n2\n" + b"x" * MIB, timeout=0.01)
            with self.assertRaises(ValueError):
                process.communicate(b"more")
            process.send_signal(signal.SIGCONT)
            for _ in range(2):
                self.assertEqual(process.communicate()[0], b"out\n1\n" + b"x" * MIB)

    def test_output_before_a_timeout_is_not_lost(self):
        with minictr.Popen(["sh", "-c", "echo out; sleep 100"], stdout=PIPE) as process:
            read = None
            while not read:
                with self.assertRaises(minictr.TimeoutExpired) as caught:
                    process.communicate(timeout=0.01)
                read = caught.exception.stdout
            process.kill()
            self.assertEqual(process.communicate()[0], b"out\n")

    def test_communicate_without_streams(self):
        with minictr.Popen(["true"], text=True) as process:
            self.assertEqual(process.communicate("ignored"), (None, None))

    def test_what_excludes_each_other(self):
        for keywords in ({"input": b"", "stdin": PIPE}, {"capture_output": True, "stdout": PIPE}):
            with self.assertRaises(ValueError):
                minictr.run(["true"], **keywords)


class Ends(unittest.TestCase):
    def test_exit_code(self):
        done = shell("exit 7")
        self.assertEqual((done.returncode, done.end), (7, "exited"))
        self.assertGreater(done.usage["wall_us"], 0)

    def test_check(self):
        with self.assertRaises(minictr.CalledProcessError) as caught:
            shell("echo out; exit 3", check=True)
        self.assertIsInstance(caught.exception, subprocess.CalledProcessError)
        self.assertEqual((caught.exception.returncode, caught.exception.stdout), (3, "out\n"))
        self.assertIn("exit status 3", str(caught.exception))
        shell("true", check=True)

    def test_call_and_check_output(self):
        self.assertEqual(minictr.call(["sh", "-c", "exit 3"]), 3)
        self.assertEqual(minictr.check_call(["true"]), 0)
        with self.assertRaises(minictr.CalledProcessError):
            minictr.check_call(["false"])
        self.assertEqual(minictr.check_output(["cat"], input="text", text=True), "text")
        with self.assertRaises(minictr.CalledProcessError) as caught:
            minictr.check_output(["sh", "-c", "echo out; exit 4"])
        self.assertEqual((caught.exception.returncode, caught.exception.output), (4, b"out\n"))
        for keywords in {"stdout": PIPE}, {"check": True}:
            with self.assertRaises(ValueError):
                minictr.check_output(["true"], **keywords)

    def test_signal(self):
        done = shell("kill -TERM $$")
        self.assertEqual((done.returncode, done.end), (-signal.SIGTERM, "signalled"))

    def test_terminate(self):
        script = "trap 'exit 9' TERM; echo ready; while :; do sleep 0.01; done"
        with minictr.Popen(["sh", "-c", script], stdout=PIPE) as process:
            process.stdout.readline()
            self.assertIsNone(process.poll())
            process.terminate()
            self.assertEqual(process.wait(), 9)
            process.terminate()  # nothing any more
            process.kill()

    def test_signal_between_its_end_and_the_wait(self):
        with minictr.Popen(["true"]) as process:
            select.select([process], [], [])
            process.terminate()
        self.assertEqual(process.returncode, 0)

    def test_wait_with_timeout(self):
        with sleeping() as process:
            with self.assertRaises(minictr.TimeoutExpired):
                process.wait(0.01)
            process.kill()
            self.assertEqual(process.wait(), -signal.SIGKILL)
            self.assertEqual(process.wait(0), -signal.SIGKILL)

    def test_timeout_that_is_longer_than_poll_can_wait(self):
        for timeout in 1 << 40, float("inf"):
            with minictr.Popen(["cat"], stdin=PIPE, stdout=PIPE) as process:
                self.assertEqual(process.communicate(b"text", timeout)[0], b"text")
                self.assertEqual(process.wait(timeout), 0)
            with minictr.Popen(["sleep", "0.01"]) as process:
                self.assertEqual(process.wait(timeout), 0)

    def test_descriptor_until_its_end(self):
        with minictr.Popen(["true"]) as process, selectors.DefaultSelector() as selector:
            selector.register(process, selectors.EVENT_READ)
            selector.select()
            process.wait()
            with self.assertRaises(ValueError):
                process.fileno()
            selector.unregister(process)

    def test_timeout_kills_all(self):
        for timeout in 0.1, 1, 10:  # a busy machine may not have come to the output
            with self.assertRaises(subprocess.TimeoutExpired) as caught:
                shell("setsid sleep 100 & echo out; wait", timeout=timeout)
            if caught.exception.stdout:
                break
        self.assertEqual(caught.exception.stdout, b"out\n")

    def test_timeout_without_streams(self):
        with self.assertRaises(minictr.TimeoutExpired):
            minictr.run(["sleep", "100"], timeout=0.01)

    def test_timeout_is_the_one_that_was_given(self):
        cases = (
            lambda: minictr.run(["sleep", "100"], timeout=0.3),
            lambda: minictr.run(["sleep", "100"], timeout=0.3, capture_output=True),
            lambda: shell("exec >&- 2>&-; sleep 100", timeout=0.3),
            lambda: minictr.call(["sleep", "100"], timeout=0.3),
        )
        for start in cases:
            with self.assertRaises(minictr.TimeoutExpired) as caught:
                start()
            self.assertEqual(caught.exception.timeout, 0.3)
        with sleeping() as process:
            with self.assertRaises(minictr.TimeoutExpired) as caught:
                process.wait(0.3)
            process.kill()
        self.assertEqual(caught.exception.timeout, 0.3)

    def test_exception_in_the_block_kills(self):
        with self.assertRaises(KeyError):
            with sleeping() as process:
                raise KeyError
        self.assertEqual(process.returncode, -signal.SIGKILL)

    def test_nobody_waits(self):
        process = sleeping()
        pid = process.pid
        with self.assertWarns(ResourceWarning):
            del process
        with self.assertRaises(ProcessLookupError):
            os.kill(pid, 0)

    def test_freezing_and_stats(self):
        with sleeping(accounting=True) as process:
            process.freeze()
            process.thaw()
            self.assertEqual(process.stats()["pids"], 1)
            process.kill()
        self.assertEqual(process.stats(), process.usage)

    def test_status_that_another_one_took(self):
        with contextlib.suppress(minictr.MinictrError):  # kernels before 6.15 don't know it
            with minictr.Popen(["true"]) as process:
                os.waitpid(process.pid, 0)
        self.assertIn(process.returncode, (0, None))


class Containers(unittest.TestCase):
    def test_rootfs(self):
        with rootfs() as root:
            done = shell("echo $0 *; pwd; echo $$; hostname", rootfs=root, hostname="box")
        self.assertEqual(done.stdout, "sh bin dev proc sys\n/\n2\nbox\n")

    def test_read_only(self):
        with rootfs() as root:
            done = shell("echo >/file", rootfs=pathlib.Path(root), read_only=True)
        self.assertIn("Read-only file system", done.stderr)

    def test_files_and_identity(self):
        with tempfile.TemporaryDirectory() as directory:
            os.chmod(directory, 0o755)
            pathlib.Path(directory, "file").write_text("text\n")
            os.chmod(f"{directory}/file", 0o644)  # whatever the umask
            done = shell("cat file; touch new 2>/dev/null || echo read-only; id -u; id -g; id -G;"
                         "echo $NAME; stat -c %a /mnt; ls /mnt", cwd="/tmp/in",
                         binds=[minictr.Bind(directory, "/tmp/in", read_only=True)],
                         tmpfs=[("/mnt", MIB, 0o750)], user="12:34", groups=[56],
                         env={"NAME": "a=b"})
        self.assertEqual(done.stdout, "text\nread-only\n12\n34\n34 56\na=b\n750\n")
        self.assertIn("Permission denied", done.stderr)

    def test_umask(self):
        self.assertEqual(shell("umask").stdout, "0022\n")
        self.assertEqual(shell("umask", umask=-1).stdout, "0022\n")
        self.assertEqual(shell("umask", umask=0o077).stdout, "0077\n")
        self.assertEqual(shell("umask", umask=0).stdout, "0000\n")

    def test_groups_as_subprocess_names_them(self):
        script = "id -u; id -g; id -G"
        self.assertEqual(shell(script, user=12, group=34, extra_groups=[56, "78"]).stdout,
                         "12\n34\n34 56 78\n")
        self.assertEqual(shell(script, group=34).stdout, "0\n34\n34\n")
        self.assertEqual(shell(script, user="12:34", groups=[56], extra_groups=[78]).stdout,
                         "12\n34\n34 56 78\n")
        with self.assertRaises(ValueError):
            shell(script, user="12:34", group=56)

    def test_bind_with_the_same_name(self):
        with tempfile.TemporaryDirectory() as directory:
            for bind in directory, pathlib.Path(directory), (directory,):
                done = shell(f"test -d {directory} && echo there", binds=[bind], tmpfs=["/mnt"])
                self.assertEqual(done.stdout, "there\n")

    def test_namespaces(self):
        for kind in "net", "uts", "ipc", "cgroup":
            here = os.readlink(f"/proc/self/ns/{kind}") + "\n"
            script = f"readlink /proc/self/ns/{kind}"
            self.assertNotEqual(shell(script).stdout, here)
            self.assertEqual(shell(script, host_namespaces=[kind]).stdout, here)

    def test_capabilities(self):
        done = shell("sed -n 's/^CapBnd:\t//p' /proc/self/status", drop_caps=["ALL"],
                     add_caps=["CHOWN", "KILL"])
        self.assertEqual(done.stdout, "0000000000000021\n")

    def test_pids_limit(self):
        done = shell("i=0; while [ $i -lt 20 ]; do sleep 1 & i=$((i + 1)); done; echo $i", pids=10)
        self.assertNotIn("20", done.stdout)

    def test_memory_limit(self):
        done = shell("x=$(head -c 100000000 /dev/zero | tr '\\0' x); echo ${#x}",
                     memory_bytes=32 * MIB, no_swap=True)
        self.assertEqual(done.end, "out_of_memory")
        self.assertGreater(done.usage["oom_kills"], 0)

    def test_limits_on_time(self):
        # By wait() alone, and while there are streams to read.
        for streams in {}, {"capture_output": True}:
            done = minictr.run(["sleep", "100"], wall_time=0.05, **streams)
            self.assertEqual((done.end, done.returncode), ("wall_limit", -signal.SIGKILL))
        done = shell("while :; do :; done", cpu_time=0.05, cpus=0.5)
        self.assertEqual(done.end, "cpu_limit")
        with self.assertRaisesRegex(minictr.CalledProcessError, "cpu_limit"):
            done.check_returncode()

    def test_limits_on_time_are_not_met_by_what_ended_before(self):
        started = [minictr.Popen(["sh", "-c", f"exit {code}"], wall_time=0.3)
                   for code in (1, 2, 3)]
        time.sleep(0.8)
        for code, process in reversed(list(enumerate(started, 1))):
            self.assertEqual((process.wait(), process.end), (code, "exited"))

    def test_output_limit(self):
        done = shell("exec dd if=/dev/zero of=/tmp/file bs=1024 count=100", output_bytes=10240)
        self.assertEqual(done.end, "output_limit")


class Errors(unittest.TestCase):
    def test_program_is_not_found(self):
        with self.assertRaises(FileNotFoundError) as caught:
            minictr.run("no-such-program")
        error = caught.exception
        self.assertIsInstance(error, minictr.ProgramNotFound)
        self.assertEqual((error.code, error.object), (Code.NOT_FOUND, "no-such-program"))
        self.assertIn("no-such-program", str(error))
        self.assertTrue(error.hint)

    def test_root_is_not_there(self):
        with self.assertRaises(minictr.MinictrError) as caught:
            minictr.run(["true"], rootfs="/no/such/root")
        error = caught.exception
        self.assertEqual((error.code, error.errno), (Code.SYSTEM, errno.ENOENT))
        self.assertIn("/no/such/root", str(error))
        self.assertTrue(error.step)

    def test_errors_are_of_the_class_for_their_errno(self):
        with rootfs() as root:
            os.chmod(f"{root}/bin/sh", 0o644)
            for kind, args, keywords in (
                    (FileNotFoundError, "true", {"rootfs": "/no/such/root"}),
                    (FileNotFoundError, "true", {"cwd": "/no/such/directory"}),
                    (FileNotFoundError, "true", {"binds": ["/no/such/file"]}),
                    (NotADirectoryError, "true", {"cwd": "/etc/passwd"}),
                    (PermissionError, "sh", {"rootfs": root})):
                with self.assertRaises(kind, msg=keywords) as caught:
                    minictr.run([args], **keywords)
                self.assertIsInstance(caught.exception, minictr.MinictrError)
                self.assertNotIsInstance(caught.exception, minictr.ProgramNotFound)
                self.assertIn(type(caught.exception).__name__, dir(minictr.errors))
        with self.assertRaises(minictr.MinictrError) as caught:
            minictr.run(["true"], hostname="a b")
        self.assertIs(type(caught.exception), minictr.MinictrError)

    def test_errors_can_be_sent_to_another_process(self):
        for start in (lambda: minictr.run("no-such-program"), lambda: shell("exit 3", check=True),
                      lambda: minictr.run(["true"], rootfs="/no/such/root")):
            with self.assertRaises(Exception) as caught:
                start()
            error = caught.exception
            copy = pickle.loads(pickle.dumps(error))
            self.assertEqual((type(copy), str(copy), copy.__dict__),
                             (type(error), str(error), error.__dict__))

    def test_values_that_the_library_refuses(self):
        for keywords in ({"cwd": "relative"}, {"hostname": "a b"}, {"user": "no such"},
                         {"add_caps": ["NONE"]}, {"binds": [("relative",)]}, {"memory_bytes": 1},
                         {"cpuset": "none"}, {"output_bytes": 1 << 63}, {"args": []}):
            args = keywords.pop("args", ["true"])
            for start in minictr.run, minictr.Plan:
                with self.assertRaises(minictr.MinictrError, msg=keywords) as caught:
                    start(args, **keywords)
                self.assertEqual(caught.exception.code, Code.INVALID)

    def test_values_that_c_would_misread(self):
        for keywords in ({"hostname": "a\0b"}, {"pids": -1}, {"memory_bytes": 1 << 64},
                         {"cpus": -0.5}, {"wall_time": -1}, {"host_namespaces": ["mount"]},
                         {"wall_time": (1 << 64) / 1000}, {"pass_fds": [1 << 32]},
                         {"tmpfs": [("/mnt", 0, 1 << 32)]}, {"output_bytes": 0},
                         {"userns": "none"}, {"memory_bytes": 0}, {"memory_bytes": -1},
                         {"pids": 0}, {"pids": 1 << 64}, {"umask": 1 << 32}, {"umask": -2},
                         {"cpus": 0}, {"cpus": 1e-9}, {"cpus": 0.009}, {"cpus": math.nan},
                         {"cpus": math.inf}, {"cpus": -math.inf}, {"cpus": 1e300},
                         {"wall_time": math.nan}, {"wall_time": math.inf}, {"cpu_time": -1e-9},
                         {"cpu_time": math.inf}, {"tmpfs": [("/mnt", 1 << 64)]},
                         {"pass_dir_fds": [1 << 32]}, {"pass_fds": [-1]},
                         {"stdin": 1 << 32}, {"stdout": (1 << 32) + 1}, {"stderr": -5}):
            with self.assertRaises((ValueError, OverflowError), msg=keywords):
                minictr.run(["true"], **keywords)
        with minictr.Plan(["true"]) as plan:
            for streams in {"stdin": 1 << 32}, {"stdout": (1 << 32) + 1}, {"stderr": -5}:
                with self.assertRaises(ValueError, msg=streams):
                    plan.run(**streams)

    def test_a_flag_is_what_is_true_for_python(self):
        for value, expected in (1 << 32, "2\n"), (0, "1\n"), (None, "2\n"):
            self.assertEqual(shell("echo $$", init=value).stdout, expected)
        with rootfs() as root:
            for value, expected in (1 << 32, 1), (0, 0), (2, 1):
                done = minictr.run(["sh", "-c", "echo x 2>/dev/null >/file"], rootfs=root,
                                   read_only=value)
                self.assertEqual(done.returncode, expected)
                done = minictr.run(["sh", "-c", "echo x 2>/dev/null >/mnt/file; sh -c :"],
                                   rootfs=root, binds=[minictr.Bind(root, "/mnt", value)])
                self.assertEqual((done.returncode, os.path.exists(f"{root}/file")), (0, not value))
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(f"{root}/file")

    def test_a_signal_that_c_would_misread(self):
        with sleeping() as process:
            for number in (1 << 32) + signal.SIGKILL, -(1 << 32) + signal.SIGKILL:
                with self.assertRaises(OverflowError):
                    process.send_signal(number)
            with self.assertRaises(minictr.TimeoutExpired):
                process.wait(0.05)
            process.kill()

    def test_unknown_keyword(self):
        with self.assertRaises(TypeError):
            minictr.run(["true"], root="/")


class Plans(unittest.TestCase):
    def test_plan(self):
        with minictr.Plan(["sh", "-c", "cat; hostname"], hostname="box") as plan:
            self.assertIn("host name to box", "\n".join(plan.steps()))
            for text in "one\n", "two\n":
                done = plan.run(input=text, capture_output=True, text=True, check=True)
                self.assertEqual(done.stdout, text + "box\n")
            with plan.popen(stdin=DEVNULL, stdout=PIPE) as process:
                self.assertEqual(process.communicate()[0], b"box\n")
        with self.assertRaises(ValueError):
            plan.run()

    def test_threads(self):
        wrong = []

        def use(plan, number):
            for _ in range(5):
                done = plan.run(input=str(number), capture_output=True, text=True)
                if done.stdout != f"{number}3\n":
                    wrong.append(done)

        with minictr.Plan(["sh", "-c", "cat; echo 3"]) as plan:
            threads = [threading.Thread(target=use, args=(plan, number)) for number in range(16)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertEqual(wrong, [])

    def test_close_beside_threads_that_use_it(self):
        code = ("import minictr, threading, time\n"
                "def use(plan, what):\n"
                "    try:\n"
                "        while True:\n"
                "            what(plan)\n"
                "    except ValueError:\n"
                "        pass\n"
                "for i in range(30):\n"
                "    plan = minictr.Plan(['true'])\n"
                "    threads = [threading.Thread(target=use, args=(plan, what)) for what in\n"
                "               [minictr.Plan.run] * 4 + [minictr.Plan.steps]]\n"
                "    for thread in threads:\n"
                "        thread.start()\n"
                "    time.sleep(0.005 + i * 0.0005)\n"
                "    plan.close()\n"
                "    for thread in threads:\n"
                "        thread.join()\n")
        self.assertEqual(subprocess.run([sys.executable, "-c", code]).returncode, 0)

    def test_close_by_a_signal_handler_of_the_thread_that_uses_it(self):
        plan = minictr.Plan(["sh", "-c", "exit 3"])
        real = minictr.process.call

        def call(function, *arguments):
            plan.close()
            return real(function, *arguments)

        with unittest.mock.patch("minictr.process.call", call):
            process = plan.popen()
        self.assertEqual(process.wait(), 3)
        with self.assertRaises(ValueError):
            plan.steps()

    def test_close_in_a_fork_of_a_thread_that_uses_it(self):
        with minictr.Plan(["true"]) as plan:
            with plan._plan.use():
                thread = threading.Thread(target=lambda: (plan._plan._lock.acquire(),
                                                          locked.set(), done.wait(),
                                                          plan._plan._lock.release()))
                locked, done = threading.Event(), threading.Event()
                thread.start()
                locked.wait()
                child = os.fork()
                if child == 0:
                    signal.alarm(10)  # it would wait for ever
                    plan.close()
                    os._exit(0)
                done.set()
                thread.join()
            self.assertEqual(os.waitpid(child, 0)[1], 0)
            self.assertEqual(plan.run().returncode, 0)


class Alarm(Exception):
    pass


class Host(unittest.TestCase):
    def start_interrupted(self, start, seconds):
        """Whether the handler has raised."""
        process = None
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds)
            process = start()
            signal.setitimer(signal.ITIMER_REAL, 0)
        except Alarm:
            return True
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            while process:
                try:
                    process.kill()
                    process.wait()
                    process = None
                except Alarm:  # another thread has taken the signal, and was late
                    pass
        return False

    def test_signal_handler_that_raises_loses_no_container(self):
        def handler(*_):
            raise Alarm

        program = ["sleep", f"1{os.getpid()}"]
        before = signal.signal(signal.SIGALRM, handler)
        try:
            with minictr.Plan(program) as plan, warnings.catch_warnings():
                warnings.simplefilter("ignore", ResourceWarning)
                for start in lambda: minictr.Popen(program), plan.popen:
                    began = time.monotonic()
                    process = start()
                    took = time.monotonic() - began
                    process.__exit__(Alarm)
                    raised = [self.start_interrupted(start, random.uniform(1e-6, took))
                              for _ in range(50)]
                    self.assertIn(True, raised)
        finally:
            signal.signal(signal.SIGALRM, before)
        gc.collect()
        self.assertEqual(running(program), [])

    def test_others_run_while_one_waits(self):
        with minictr.Popen(["cat"], stdin=PIPE) as process:
            thread = threading.Thread(target=process.wait)
            thread.start()
            process.stdin.close()
            thread.join()
        self.assertEqual(process.returncode, 0)

    def test_signal_handlers_run_while_it_waits(self):
        def handler(*_):
            raise Alarm

        before = signal.signal(signal.SIGALRM, handler)
        try:
            with self.assertRaises(Alarm):
                with sleeping() as process:
                    signal.setitimer(signal.ITIMER_REAL, 0.05)
                    process.wait()
        finally:
            signal.signal(signal.SIGALRM, before)

    def test_signal_handlers_may_ask(self):
        asked = []
        real = minictr.process.call

        def call(function, *arguments):
            with unittest.mock.patch("minictr.process.call", real):
                signal.raise_signal(signal.SIGALRM)  # here the lock is held
            return real(function, *arguments)

        def handler(*_):
            asked.append(process.poll())

        before = signal.signal(signal.SIGALRM, handler)
        try:
            with minictr.Popen(["sh", "-c", "exit 3"], accounting=True) as process:
                select.select([process], [], [])
                with unittest.mock.patch("minictr.process.call", call):
                    self.assertEqual(process.wait(), 3)
            self.assertIn(3, asked)
            self.assertGreater(process.usage["wall_us"], 0)
        finally:
            signal.signal(signal.SIGALRM, before)

    def test_threads_go_on_after_the_main_program(self):
        code = ("import minictr, threading\n"
                "def work():\n"
                "    process = minictr.Popen(['cat'], stdin=-1, stdout=-1)\n"
                "    started.set()\n"
                "    threading.main_thread().join()\n"
                "    print(process.communicate(b'text')[0], process.returncode,\n"
                "          minictr.run(['sh', '-c', 'exit 3']).returncode)\n"
                "started = threading.Event()\n"
                "threading.Thread(target=work).start()\n"
                "started.wait()\n")
        self.assertEqual(subprocess.check_output([sys.executable, "-c", code]), b"b'text' 0 3\n")

    def test_container_outlives_the_thread_that_started_it(self):
        started = []
        thread = threading.Thread(target=lambda: started.append(
            minictr.Popen(["sh", "-c", "read line; exit 5"], stdin=PIPE)))
        thread.start()
        thread.join()
        while os.path.exists(f"/proc/self/task/{thread.native_id}"):
            time.sleep(0.001)
        with started[0] as process:
            pass
        self.assertEqual(process.returncode, 5)

    def test_container_ends_with_the_process(self):
        code = ("import minictr, time, threading\n"
                "def start():\n"
                "    global process\n"
                "    process = minictr.Popen(['sleep', '1000'])\n"
                "    print(process.pid, flush=True)\n"
                "%s; time.sleep(1000)")
        for how in "start()", "threading.Thread(target=start).start()":
            with subprocess.Popen([sys.executable, "-c", code % how], stdout=PIPE) as host:
                pid = int(host.stdout.readline())
                host.kill()
            while is_sleep(pid):
                time.sleep(0.001)

    def test_forked_process_leaves_it_alone(self):
        with minictr.Popen(["cat"], stdin=PIPE, stdout=PIPE) as process:
            child = os.fork()
            if child == 0:
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    process.__del__()
                with contextlib.suppress(KeyError):
                    with process:
                        raise KeyError
                process.kill()
                code = minictr.run(["sh", "-c", "exit 4"]).returncode
                os._exit(code)
            self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 4)
            self.assertEqual(process.communicate(b"alive")[0], b"alive")

    def test_nothing_is_left(self):
        def use():
            shell("true", pids=10, input="text")
            with contextlib.suppress(minictr.MinictrError):
                minictr.Popen("no-such-program", stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
            with contextlib.suppress(minictr.TimeoutExpired):
                minictr.run(["sleep", "100"], timeout=0.01, capture_output=True)
            with minictr.Plan(["true"]) as plan:
                plan.run(capture_output=True)
            thread = threading.Thread(target=shell, args=("true",))
            thread.start()
            thread.join()

        use()
        before = descriptors()
        use()
        self.assertEqual(descriptors(), before)
        with self.assertRaises(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)


def is_sleep(pid):
    """Whether it still lives; whoever inherits it may not have reaped it."""
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"sleep\0")
    except FileNotFoundError:
        return False


def running(program):
    """The processes that execute it; they are killed."""
    words = b"".join(word.encode() + b"\0" for word in program)
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if path.read_bytes() == words:
                found.append(int(path.parent.name))
                os.kill(found[-1], signal.SIGKILL)
    return found


def descriptors():
    gc.collect()
    return {name: os.readlink(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd")
            if os.path.lexists(f"/proc/self/fd/{name}")}


def load_tests(loader, tests, pattern):
    """The examples of the documentation are tests too."""
    tests.addTests(doctest.DocTestSuite(minictr))
    tests.addTests(doctest.DocFileSuite("../README.md", optionflags=doctest.ELLIPSIS))
    return tests


if __name__ == "__main__":
    unittest.main()
