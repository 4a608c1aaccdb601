// SPDX-License-Identifier: MIT

package minictr_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"minictr"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func shell(script string) *minictr.Cmd {
	return minictr.Command("sh", "-c", script)
}

func output(t *testing.T, cmd *minictr.Cmd) string {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v: %s", cmd.Args, err, out)
	}
	return string(out)
}

func expect(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got %q, not %q", got, want)
	}
}

func exitError(t *testing.T, err error) *minictr.ExitError {
	t.Helper()
	var failed *minictr.ExitError
	if !errors.As(err, &failed) {
		t.Fatalf("%v is no ExitError", err)
	}
	return failed
}

func libraryError(t *testing.T, err error, code minictr.Code) *minictr.Error {
	t.Helper()
	var failed *minictr.Error
	if !errors.As(err, &failed) || !errors.Is(err, code) {
		t.Fatalf("%v is no Error with %v", err, code)
	}
	return failed
}

// rootfs is a directory with nothing but busybox.
func rootfs(t *testing.T) string {
	root := t.TempDir()
	busybox, err := os.ReadFile("/bin/busybox")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(root, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "bin/sh"), busybox, 0o755); err != nil {
		t.Fatal(err)
	}
	return root
}

func TestVersion(t *testing.T) {
	if parts := strings.Split(minictr.Version(), "."); len(parts) != 3 {
		t.Error(minictr.Version())
	}
}

// ---- streams ----

func TestOutput(t *testing.T) {
	out, err := shell("echo out; echo err >&2").Output()
	if err != nil {
		t.Fatal(err)
	}
	expect(t, string(out), "out\n")
}

func TestOutputKeepsTheEndOfStandardError(t *testing.T) {
	_, err := shell("dd if=/dev/zero bs=1024 count=40 >&2 2>/dev/null; echo end >&2; exit 1").Output()
	stderr := exitError(t, err).Stderr
	if len(stderr) != 32*1024 || !bytes.HasSuffix(stderr, []byte("end\n")) {
		t.Errorf("%d bytes", len(stderr))
	}
}

func TestCombinedOutputIsInOrder(t *testing.T) {
	expect(t, output(t, shell("echo 1; echo 2 >&2; echo 3")), "1\n2\n3\n")
}

func TestStdinIsRead(t *testing.T) {
	cmd := minictr.Command("cat")
	cmd.Stdin = strings.NewReader(strings.Repeat("x", 1<<20))
	if out := output(t, cmd); len(out) != 1<<20 {
		t.Errorf("%d bytes", len(out))
	}
}

func TestStdinNeedNotBeRead(t *testing.T) {
	cmd := minictr.Command("true")
	cmd.Stdin = strings.NewReader(strings.Repeat("x", 1<<20))
	expect(t, output(t, cmd), "")
}

func TestStdinIsTheNullDevice(t *testing.T) {
	expect(t, output(t, shell("readlink /proc/self/fd/0")), "/dev/null\n")
}

func TestPipes(t *testing.T) {
	cmd := shell("read line; echo got $line; echo err >&2")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(in, "this")
	in.Close()
	got, _ := io.ReadAll(io.MultiReader(out, stderr))
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	expect(t, string(got), "got this\nerr\n")
}

func TestFilesAreThePrograms(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	cmd := shell("echo one; echo three >&3")
	cmd.Stdout, cmd.ExtraFiles = file, []*os.File{file}
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	got, _ := os.ReadFile(file.Name())
	expect(t, string(got), "one\nthree\n")
}

func TestDirectoriesAreRefused(t *testing.T) {
	directory, err := os.Open("/")
	if err != nil {
		t.Fatal(err)
	}
	defer directory.Close()
	cmd := shell("true")
	cmd.Stdin = directory
	libraryError(t, cmd.Run(), minictr.Invalid)
	cmd = shell("true")
	cmd.ExtraFiles = []*os.File{directory}
	libraryError(t, cmd.Run(), minictr.Invalid)
}

func TestClosedFileIsNotTheNullDevice(t *testing.T) {
	file, _ := os.Open("/dev/null")
	file.Close()
	cmd := shell("true")
	cmd.Stdin = file
	if err := cmd.Run(); !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
}

type badWriter struct{}

func (badWriter) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestWriterThatFails(t *testing.T) {
	cmd := shell("echo out")
	cmd.Stdout = badWriter{}
	if err := cmd.Run(); !errors.Is(err, io.ErrShortWrite) {
		t.Error(err)
	}
}

// ---- ends ----

func TestExitCode(t *testing.T) {
	cmd := shell("exit 7")
	failed := exitError(t, cmd.Run())
	if failed.ExitCode != 7 || failed.End != minictr.Exited || cmd.Result != failed.Result {
		t.Error(failed.Result)
	}
	expect(t, failed.Error(), "exit status 7")
}

func TestSignalThatEndsIt(t *testing.T) {
	cmd := shell("kill -TERM $$")
	failed := exitError(t, cmd.Run())
	if failed.ExitCode != -1 || failed.Signal != syscall.SIGTERM || failed.End != minictr.Signalled {
		t.Error(failed.Result)
	}
	expect(t, failed.Error(), "signal: terminated")
}

func TestInit(t *testing.T) {
	expect(t, output(t, shell("echo $$")), "2\n")
	cmd := shell("echo $$")
	cmd.NoInit = true
	expect(t, output(t, cmd), "1\n")
}

func TestSignalAndKill(t *testing.T) {
	cmd := shell("trap 'exit 9' TERM; echo ready; while :; do sleep 0.01; done")
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	io.ReadFull(out, make([]byte, 6))
	if err := cmd.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := exitError(t, cmd.Wait()).ExitCode; code != 9 {
		t.Error(code)
	}
	if err := cmd.Kill(); !errors.Is(err, os.ErrProcessDone) {
		t.Error(err)
	}
}

func TestUsageAndFreezing(t *testing.T) {
	cmd := minictr.Command("sleep", "100")
	cmd.Accounting = true
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Freeze(); err != nil {
		t.Error(err)
	}
	if err := cmd.Thaw(); err != nil {
		t.Error(err)
	}
	usage, err := cmd.Usage()
	if err != nil || usage[minictr.Pids] != 1 {
		t.Error(usage, err)
	}
	if err := cmd.Kill(); err != nil {
		t.Error(err)
	}
	failed := exitError(t, cmd.Wait())
	if failed.Signal != syscall.SIGKILL || failed.Usage[minictr.WallTime] == 0 {
		t.Error(failed.Result, failed.Usage)
	}
	expect(t, minictr.MemoryPeak.String(), "memory_peak_bytes")
}

func TestUseOutOfOrder(t *testing.T) {
	cmd := shell("true")
	if cmd.Wait() == nil || cmd.Kill() == nil || cmd.Pid() != 0 {
		t.Error("before it was started")
	}
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	if cmd.Start() == nil || cmd.Wait() == nil {
		t.Error("after its end")
	}
	if _, err := cmd.StdinPipe(); err == nil {
		t.Error("a pipe after its end")
	}
}

func TestWaitIsForOne(t *testing.T) {
	cmd := shell("sleep 0.01")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	copied := *cmd
	errs := make(chan error)
	for _, c := range []*minictr.Cmd{cmd, cmd, &copied} {
		go func(c *minictr.Cmd) { errs <- c.Wait() }(c)
	}
	refused := 0
	for i := 0; i < 3; i++ {
		if <-errs != nil {
			refused++
		}
	}
	if refused != 2 {
		t.Error(refused, "were refused")
	}
}

// In this program again: the runtime does not undo it.
func TestSignalWhereSIGCHLDIsIgnored(t *testing.T) {
	if os.Getenv("MINICTR_TEST_HELPER") == "" {
		helper := exec.Command(os.Args[0], "-test.run=^TestSignalWhereSIGCHLDIsIgnored$")
		helper.Env = append(os.Environ(), "MINICTR_TEST_HELPER=1")
		if out, err := helper.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		return
	}
	signal.Ignore(syscall.SIGCHLD)
	cmd := shell("true")
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	io.ReadAll(out)
	for cmd.Signal(syscall.SIGTERM) == nil { // it may not have ended yet
		time.Sleep(time.Millisecond)
	}
	if err := cmd.Signal(syscall.SIGTERM); !errors.Is(err, os.ErrProcessDone) {
		t.Error(err)
	}
	cmd.Wait()
}

// ---- what a container is ----

func TestRootfs(t *testing.T) {
	cmd := minictr.Command("/bin/sh", "-c", "echo $0 *; pwd; echo $$; hostname")
	cmd.Rootfs, cmd.Hostname = rootfs(t), "box"
	expect(t, output(t, cmd), "/bin/sh bin dev proc sys\n/\n2\nbox\n")
}

func TestReadOnly(t *testing.T) {
	cmd := minictr.Command("/bin/sh", "-c", "echo >/file")
	cmd.Rootfs, cmd.ReadOnly = rootfs(t), true
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "Read-only file system") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestFilesAndIdentity(t *testing.T) {
	directory := t.TempDir()
	file := filepath.Join(directory, "file")
	os.WriteFile(file, []byte("text\n"), 0o644)
	os.Chmod(file, 0o644) // whatever the umask
	os.Chmod(directory, 0o755)
	cmd := shell("cat file; touch new 2>/dev/null || echo read-only; id -u; id -g; id -G; " +
		"echo $NAME; stat -c %a /mnt; ls /mnt || true")
	cmd.Dir = "/tmp/in"
	cmd.Binds = []minictr.Bind{{Source: directory, Target: "/tmp/in", ReadOnly: true}}
	cmd.Tmpfs = []minictr.Tmpfs{{Target: "/mnt", SizeBytes: 1 << 20, Mode: 0o750}}
	cmd.User, cmd.Groups = "12:34", []string{"56"}
	cmd.Env = []string{"NAME=a=b"}
	expect(t, output(t, cmd), "text\nread-only\n12\n34\n34 56\n"+
		"a=b\n750\nls: cannot open directory '/mnt': Permission denied\n")
}

func TestNamespaces(t *testing.T) {
	for _, c := range []struct {
		host minictr.Namespace
		kind string
	}{{minictr.Net, "net"}, {minictr.UTS, "uts"}, {minictr.IPC, "ipc"}, {minictr.Cgroup, "cgroup"}} {
		here, err := os.Readlink("/proc/self/ns/" + c.kind)
		if err != nil {
			t.Fatal(err)
		}
		script := "readlink /proc/self/ns/" + c.kind
		if output(t, shell(script)) == here+"\n" {
			t.Error(c.kind, "is the host's")
		}
		cmd := shell(script)
		cmd.HostNamespaces = c.host
		expect(t, output(t, cmd), here+"\n")
	}
}

func TestCapabilities(t *testing.T) {
	cmd := shell("sed -n 's/^CapBnd:\t//p' /proc/self/status")
	cmd.DropCaps, cmd.AddCaps = []string{"ALL"}, []string{"CHOWN", "KILL"}
	expect(t, output(t, cmd), "0000000000000021\n")
}

// ---- limits ----

func TestPidsLimit(t *testing.T) {
	cmd := shell("i=0; while [ $i -lt 20 ]; do sleep 1 & i=$((i + 1)); done 2>/dev/null; echo $i")
	cmd.Limits.Pids = 10
	out, err := cmd.CombinedOutput()
	if err == nil || strings.Contains(string(out), "20") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestMemoryLimit(t *testing.T) {
	cmd := shell("x=$(head -c 100000000 /dev/zero | tr '\\0' x); echo ${#x}")
	cmd.Limits.MemoryBytes, cmd.Limits.NoSwap = 32<<20, true
	failed := exitError(t, cmd.Run())
	if failed.End != minictr.OutOfMemory || failed.Usage[minictr.OOMKills] == 0 {
		t.Error(failed)
	}
}

func TestWallLimit(t *testing.T) {
	cmd := minictr.Command("sleep", "100")
	cmd.Limits.WallTime = 50 * time.Millisecond
	failed := exitError(t, cmd.Run())
	if failed.End != minictr.WallLimit || failed.Signal != syscall.SIGKILL {
		t.Error(failed.Result)
	}
	expect(t, failed.Error(), "signal: killed (wall_limit)")
}

// Ended in time, and waited for late, the last one first.
func TestWallLimitIsNotMetByWhatEndedBefore(t *testing.T) {
	var cmds []*minictr.Cmd
	for code := 1; code <= 3; code++ {
		cmd := shell("exit " + strconv.Itoa(code))
		cmd.Limits.WallTime = 300 * time.Millisecond
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		cmds = append(cmds, cmd)
	}
	time.Sleep(800 * time.Millisecond)
	for code := 3; code >= 1; code-- {
		failed := exitError(t, cmds[code-1].Wait())
		if failed.End != minictr.Exited || failed.ExitCode != code {
			t.Errorf("%v, not exit status %d", failed, code)
		}
		if wall := failed.Usage[minictr.WallTime]; wall > 600000 {
			t.Errorf("it took %d us", wall)
		}
	}
}

func TestTimeLimitsAreKeptBeforeWait(t *testing.T) {
	for end, limits := range map[minictr.End]minictr.Limits{
		minictr.WallLimit: {WallTime: 50 * time.Millisecond},
		minictr.CPULimit:  {CPUTime: 50 * time.Millisecond},
	} {
		cmd := shell("while :; do :; done")
		cmd.Limits = limits
		out, _ := cmd.StdoutPipe()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(out); err != nil {
			t.Error(err)
		}
		if failed := exitError(t, cmd.Wait()); failed.End != end {
			t.Error(failed.Result)
		}
	}
}

// Each has two that wait for its end, and the later one must not hold up the other.
func TestWaitForManyWithALimit(t *testing.T) {
	var all sync.WaitGroup

	for i := 0; i < 8; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for n := 0; n < 25; n++ {
				cmd := shell("exit 3")
				cmd.Limits.WallTime = time.Minute
				var failed *minictr.ExitError
				if err := cmd.Run(); !errors.As(err, &failed) || failed.ExitCode != 3 {
					t.Error(err)
				}
			}
		}()
	}
	all.Wait()
}

func TestCPULimit(t *testing.T) {
	cmd := shell("while :; do :; done")
	cmd.Limits.CPUTime, cmd.Limits.CPUs = 50*time.Millisecond, 0.5
	if failed := exitError(t, cmd.Run()); failed.End != minictr.CPULimit {
		t.Error(failed.Result)
	}
}

func TestOutputLimit(t *testing.T) {
	cmd := minictr.Command("dd", "if=/dev/zero", "of=/tmp/file", "bs=1024", "count=100")
	cmd.Limits.OutputBytes = 10240
	if failed := exitError(t, cmd.Run()); failed.End != minictr.OutputLimit {
		t.Error(failed.Result)
	}
}

// ---- errors ----

func TestProgramIsNotFound(t *testing.T) {
	failed := libraryError(t, minictr.Command("no-such-program").Run(), minictr.NotFound)
	expect(t, failed.Object, "no-such-program")
	if errors.Is(failed, minictr.Invalid) || failed.Hint == "" {
		t.Error(failed.Code, failed.Hint)
	}
	if !errors.Is(failed, exec.ErrNotFound) || !errors.Is(failed, fs.ErrNotExist) {
		t.Error(failed, "is not what os/exec has")
	}
}

func TestRootIsNotThere(t *testing.T) {
	cmd := minictr.Command("true")
	cmd.Rootfs = "/no/such/root"
	failed := libraryError(t, cmd.Run(), minictr.System)
	if failed.Errno != syscall.ENOENT || !errors.Is(failed, fs.ErrNotExist) ||
		errors.Is(failed, exec.ErrNotFound) {
		t.Error(failed)
	}
	if !strings.HasPrefix(failed.Error(), "minictr: ") || !strings.Contains(failed.Error(), cmd.Rootfs) {
		t.Error(failed)
	}
}

func TestInvalidValues(t *testing.T) {
	for name, change := range map[string]func(*minictr.Cmd){
		"no program":   func(c *minictr.Cmd) { c.Args = nil },
		"NUL":          func(c *minictr.Cmd) { c.Args = []string{"true\x00false"} },
		"environment":  func(c *minictr.Cmd) { c.Env = []string{"NAME"} },
		"directory":    func(c *minictr.Cmd) { c.Dir = "relative" },
		"host name":    func(c *minictr.Cmd) { c.Hostname = "a b" },
		"user":         func(c *minictr.Cmd) { c.User = "no such" },
		"tmpfs":        func(c *minictr.Cmd) { c.Tmpfs = []minictr.Tmpfs{{Target: "/mnt", Mode: 1 << 16}} },
		"capability":   func(c *minictr.Cmd) { c.AddCaps = []string{"NONE"} },
		"bind":         func(c *minictr.Cmd) { c.Binds = []minictr.Bind{{Source: "relative"}} },
		"namespace":    func(c *minictr.Cmd) { c.HostNamespaces = 1 },
		"CPUs":         func(c *minictr.Cmd) { c.Limits.CPUs = -1 },
		"tiny CPUs":    func(c *minictr.Cmd) { c.Limits.CPUs = 1e-9 },
		"few CPUs":     func(c *minictr.Cmd) { c.Limits.CPUs = 0.009 },
		"NaN CPUs":     func(c *minictr.Cmd) { c.Limits.CPUs = math.NaN() },
		"endless CPUs": func(c *minictr.Cmd) { c.Limits.CPUs = math.Inf(1) },
		"time":         func(c *minictr.Cmd) { c.Limits.WallTime = -1 },
		"memory":       func(c *minictr.Cmd) { c.Limits.MemoryBytes = 1 },
		"CPU set":      func(c *minictr.Cmd) { c.Limits.CPUSet = "none" },
		"output bytes": func(c *minictr.Cmd) { c.Limits.OutputBytes = 1 << 63 },
	} {
		cmd := minictr.Command("true")
		change(cmd)
		err := cmd.Run()
		if !errors.Is(err, minictr.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := minictr.Compile(cmd.Spec); !errors.Is(err, minictr.Invalid) {
			t.Errorf("%s: compiled: %v", name, err)
		}
	}
}

// ---- contexts ----

func TestContextKillsAll(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cmd := minictr.CommandContext(ctx, "sh", "-c", "setsid sleep 100 & echo ready; wait")
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	io.ReadFull(out, make([]byte, 6))
	cancel()
	// The pipe ends when the last process that has it has ended.
	if _, err := io.ReadAll(out); err != nil {
		t.Error(err)
	}
	err := cmd.Wait()
	if !errors.Is(err, context.Canceled) || exitError(t, err).Signal != syscall.SIGKILL {
		t.Error(err)
	}
}

func TestContextWithTimeout(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	err := minictr.CommandContext(ctx, "sleep", "100").Run()
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

func TestContextThatIsDone(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	cmd := minictr.CommandContext(ctx, "true")
	if err := cmd.Run(); !errors.Is(err, context.Canceled) || cmd.Pid() != 0 {
		t.Error(err)
	}
}

func TestContextAfterTheEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cmd := minictr.CommandContext(ctx, "true")
	if err := cmd.Run(); err != nil {
		t.Error(err)
	}
	cancel()
}

// ---- plans ----

// A blockingReader is one whose Read does not return before it is closed.
type blockingReader chan struct{}

func (r blockingReader) Read([]byte) (int, error) {
	<-r
	return 0, io.EOF
}

type blockingWriter chan struct{}

func (w blockingWriter) Write(p []byte) (int, error) {
	<-w
	return len(p), nil
}

// within fails unless f returns in time: what waits for ever would stop all tests.
func within(t *testing.T, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("it does not return")
	}
}

func TestWaitDelayWithAReaderThatBlocks(t *testing.T) {
	for _, script := range []string{"sleep 100", "exit 0", "exit 3"} {
		stdin := make(blockingReader)
		ctx, cancel := context.WithCancel(context.Background())
		cmd := minictr.CommandContext(ctx, "sh", "-c", script)
		cmd.Stdin, cmd.WaitDelay = stdin, 50*time.Millisecond
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if script == "sleep 100" {
			cancel()
		}
		within(t, func() {
			err := cmd.Wait()
			switch script {
			case "sleep 100":
				if !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			case "exit 3":
				expect(t, fmt.Sprint(exitError(t, err).ExitCode), "3")
			default:
				if err != minictr.ErrWaitDelay {
					t.Error(err)
				}
			}
		})
		close(stdin)
		cancel()
	}
}

func TestWaitDelayWithAWriterThatBlocks(t *testing.T) {
	stdout := make(blockingWriter)
	defer close(stdout)
	cmd := shell("echo text")
	cmd.Stdout, cmd.WaitDelay = stdout, 50*time.Millisecond
	within(t, func() {
		if err := cmd.Run(); err != minictr.ErrWaitDelay {
			t.Error(err)
		}
	})
}

// The program's end of the pipe, as a process outside has it that got it from the program.
func holdOutput(t *testing.T, cmd *minictr.Cmd) *os.File {
	t.Helper()
	file, err := os.OpenFile(fmt.Sprintf("/proc/%d/fd/1", cmd.ProgramPid()), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestWaitDelayWithAPipeThatIsHeldOpen(t *testing.T) {
	var out bytes.Buffer
	cmd := shell("echo text; read line")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.WaitDelay = &out, 50*time.Millisecond
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer holdOutput(t, cmd).Close()
	io.WriteString(stdin, "line\n")
	within(t, func() {
		if err := cmd.Wait(); err != minictr.ErrWaitDelay {
			t.Error(err)
		}
		expect(t, out.String(), "text\n") // nothing writes to it any more
	})
}

func TestWaitDelayIsNotForWhatEndsInTime(t *testing.T) {
	cmd := shell("echo text")
	cmd.WaitDelay = 10 * time.Second
	began := time.Now()
	expect(t, output(t, cmd), "text\n")
	if took := time.Since(began); took > 5*time.Second {
		t.Error(took)
	}
}

func TestSignalThatCWouldMisread(t *testing.T) {
	cmd := minictr.Command("sleep", "100")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for _, base := range []int{1 << 32, -1 << 32} {
		libraryError(t, cmd.Signal(syscall.Signal(base+int(syscall.SIGKILL))), minictr.Invalid)
	}
	if err := cmd.Signal(syscall.SIGKILL); err != nil { // it has not ended
		t.Error(err)
	}
	cmd.Wait()
}

func TestLongTimeLimitIsNotCutShort(t *testing.T) {
	cmd := minictr.Command("true")
	cmd.Limits.WallTime = math.MaxInt64
	failed := libraryError(t, cmd.Run(), minictr.Invalid)
	expect(t, failed.Object, "9223372036855") // more than the library takes
}

func TestPlan(t *testing.T) {
	plan, err := minictr.Compile(minictr.Spec{Args: []string{"sh", "-c", "cat; hostname"}, Hostname: "box"})
	if err != nil {
		t.Fatal(err)
	}
	if steps := plan.Steps(); !strings.Contains(strings.Join(steps, "\n"), "host name to box") {
		t.Error(steps)
	}
	var group sync.WaitGroup
	for i := 0; i < 40; i++ {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			cmd := plan.Command()
			cmd.Stdin = strings.NewReader(strconv.Itoa(i) + "\n")
			out, err := cmd.Output()
			if err != nil || string(out) != fmt.Sprintf("%d\nbox\n", i) {
				t.Errorf("%v: %q", err, out)
			}
		}(i)
	}
	group.Wait()
	cmd := plan.Command()
	cmd.ExtraFiles = []*os.File{os.Stdin}
	libraryError(t, cmd.Run(), minictr.Invalid)
	plan.Close()
	if err := plan.Command().Run(); !errors.Is(err, os.ErrClosed) || plan.Steps() != nil {
		t.Error(err)
	}
}

// ---- the Go runtime ----

// threads is how many this process has.
func threads(t *testing.T) int {
	entries, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

func TestWaitingTakesNoThread(t *testing.T) {
	const n = 60
	plan, err := minictr.Compile(minictr.Spec{Args: []string{"sleep", "100"}})
	if err != nil {
		t.Fatal(err)
	}
	defer plan.Close()
	ctx, cancel := context.WithCancel(context.Background())
	before := threads(t)
	errs := make(chan error)
	for i := 0; i < n; i++ {
		cmd := plan.CommandContext(ctx)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		go func() { errs <- cmd.Wait() }()
	}
	if more := threads(t) - before; more > n/2 {
		t.Errorf("%d threads more for %d containers", more, n)
	}
	cancel()
	for i := 0; i < n; i++ {
		if err := <-errs; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
}

func TestContainerOutlivesTheThreadOfItsGoroutine(t *testing.T) {
	cmd := minictr.Command("sh", "-c", "read line; exit 5")
	in, _ := cmd.StdinPipe()
	thread, done := make(chan int), make(chan int)
	defer close(done)
	var start func()
	start = func() {
		runtime.LockOSThread() // it ends with the goroutine, unless it is the main thread
		if syscall.Gettid() == os.Getpid() {
			go start() // on another one, for this one is taken
			<-done
			runtime.UnlockOSThread()
			return
		}
		if err := cmd.Start(); err != nil {
			t.Error(err)
		}
		thread <- syscall.Gettid()
	}
	go start()
	task := fmt.Sprintf("/proc/self/task/%d", <-thread)
	for {
		if _, err := os.Stat(task); err != nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
	in.Close()
	if failed := exitError(t, cmd.Wait()); failed.ExitCode != 5 {
		t.Error(failed)
	}
}

// The helper is this program again, which starts a container and is killed.
func TestContainerEndsWithTheProcess(t *testing.T) {
	if os.Getenv("MINICTR_TEST_HELPER") != "" {
		cmd := minictr.Command("sleep", "1000")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		fmt.Printf("pid %d\n", cmd.Pid())
		select {}
	}
	helper := exec.Command(os.Args[0], "-test.run=^TestContainerEndsWithTheProcess$")
	helper.Env = append(os.Environ(), "MINICTR_TEST_HELPER=1")
	out, err := helper.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := helper.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Fscanf(out, "pid %d\n", &pid); err != nil {
		t.Fatal(err)
	}
	helper.Process.Kill()
	helper.Wait()
	for isSleep(pid) {
		time.Sleep(time.Millisecond)
	}
}

// isSleep tells whether the process still lives; whoever inherits it may not have reaped it.
func isSleep(pid int) bool {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return err == nil && strings.HasPrefix(string(line), "sleep\x00")
}

func TestManyGoroutinesBesideOsExec(t *testing.T) {
	var group sync.WaitGroup
	for i := 0; i < 16; i++ {
		group.Add(2)
		go func() {
			defer group.Done()
			for i := 0; i < 4; i++ {
				if failed := exitError(t, shell("exit 3").Run()); failed.ExitCode != 3 {
					t.Error(failed)
				}
				runtime.GC()
			}
		}()
		go func() {
			defer group.Done()
			for i := 0; i < 4; i++ {
				if out, err := exec.Command("echo", "text").Output(); err != nil || string(out) != "text\n" {
					t.Errorf("%v: %q", err, out)
				}
			}
		}()
	}
	group.Wait()
}

// descriptors lists what this process has open, as far as it is not the runtime's own.
func descriptors(t *testing.T) string {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	var open []string
	for _, entry := range entries {
		if target, err := os.Readlink("/proc/self/fd/" + entry.Name()); err == nil &&
			!strings.HasPrefix(target, "/proc/") {
			open = append(open, entry.Name()+" "+target)
		}
	}
	return strings.Join(open, "\n")
}

func TestNothingIsLeft(t *testing.T) {
	use := func() {
		output(t, shell("true"))
		cmd := minictr.Command("cat")
		cmd.Stdin, cmd.Limits.Pids = strings.NewReader("text"), 10
		output(t, cmd)
		cmd = minictr.Command("no-such-program")
		cmd.StdinPipe()
		cmd.StdoutPipe()
		cmd.Stderr = io.Discard
		if err := cmd.Run(); err == nil {
			t.Error("it ran")
		}
		ctx, cancel := context.WithCancel(context.Background())
		cmd = minictr.CommandContext(ctx, "sleep", "100")
		cmd.Stdout = io.Discard
		if err := cmd.Start(); err != nil {
			t.Error(err)
		}
		cancel()
		cmd.Wait()
	}
	use() // the runtime has its descriptors from then on
	before := descriptors(t)
	use()
	expect(t, descriptors(t), before)
	if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG|syscall.WALL, nil); err != syscall.ECHILD {
		t.Error("a child", pid, err)
	}
}

// startMany starts containers that end soon, and forgets them.
func startMany(t *testing.T, limits minictr.Limits) {
	for i := 0; i < 100; i++ {
		cmd := minictr.Command("true")
		cmd.Limits = limits
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNothingIsLeftOfWhatIsNeverWaitedFor(t *testing.T) {
	output(t, shell("true")) // the runtime has its descriptors from then on
	before := descriptors(t)
	startMany(t, minictr.Limits{})
	startMany(t, minictr.Limits{WallTime: 100 * time.Millisecond})
	for end := time.Now().Add(30 * time.Second); descriptors(t) != before; {
		if time.Now().After(end) {
			t.Fatalf("instead of:\n%sthere are left:\n%s", before, descriptors(t))
		}
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
	}
	if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG|syscall.WALL, nil); err != syscall.ECHILD {
		t.Error("a child", pid, err)
	}
}

// What nobody refers to is not ended by the collector.
func TestForgottenContainerRunsOn(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := shell("sleep 0.3; echo done")
	cmd.Stdout = w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	cmd = nil
	w.Close()
	for i := 0; i < 10; i++ {
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, string(text), "done\n")
}
