// SPDX-License-Identifier: MIT

package minictr

// #include <minictr.h>
import "C"

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strconv"
	"syscall"
	"time"
)

// A Cmd is a container that is to be started, or was. It can't be used twice.
type Cmd struct {
	// What the container is to be. A Cmd of Plan.Command has it from the plan; changing it
	// has no effect there.
	Spec

	// As in os/exec: a nil Stdin is the null device, an *os.File becomes the program's
	// own descriptor, and any other reader or writer is served by a goroutine.
	Stream

	// WaitDelay is how long Wait goes on copying streams when the container has ended, also
	// because its context is done. Then it closes the pipes, and returns ErrWaitDelay if the
	// program has succeeded. 0 is for ever, as in os/exec: a Stdin whose Read does not
	// return, a Writer whose Write does not, and another process of the host that holds
	// the program's end of a pipe keep Wait then. A Reader or Writer that is left so may be in
	// use until its call returns.
	WaitDelay time.Duration

	// Result is set by Wait.
	Result *Result

	ctx       context.Context
	plan      *Plan
	container *container
	ended     chan struct{} // closed when the container is not to be killed any more
}

// Command is a program with its arguments in a container.
func Command(name string, args ...string) *Cmd {
	return CommandContext(context.Background(), name, args...)
}

// CommandContext is one that is killed, with all its processes, when the context is done.
func CommandContext(ctx context.Context, name string, args ...string) *Cmd {
	return &Cmd{Spec: Spec{Args: append([]string{name}, args...)}, ctx: ctx}
}

// Start starts the container, and returns when its program has been executed, or when it is
// certain that it will not be. Then nothing is left behind, and the error is an *Error, or
// the context's, or that of a pipe or file for the program. Call Wait, or all descriptors of
// the container stay open until it has ended and the Cmd is collected.
func (c *Cmd) Start() error {
	if c.ended != nil {
		return errors.New("minictr: already started")
	}
	c.ended = make(chan struct{})
	if c.ctx == nil {
		c.ctx = context.Background()
	}
	err := c.ctx.Err()
	if err == nil {
		err = c.openAll()
	}
	if err == nil {
		c.container, err = c.spawn()
	}
	c.closeTheirs()
	if err != nil {
		c.closeOurs()
		return err
	}
	c.startCopying()
	if c.container.timeLeft() >= 0 {
		go c.watch(c.container.seeEnd())
	} else if c.ctx.Done() != nil {
		go c.watch(nil)
	}
	return nil
}

// watch keeps the context and the limits on time, also while nobody waits: a caller that reads
// from StdoutPipe waits after that. There is nothing to keep once its end has been seen.
func (c *Cmd) watch(seen <-chan struct{}) {
	for c.watchOnce(seen) {
	}
}

// watchOnce tells whether there is more to watch.
func (c *Cmd) watchOnce(seen <-chan struct{}) bool {
	var late <-chan time.Time
	if left := c.container.timeLeft(); left >= 0 {
		timer := time.NewTimer(left)
		defer timer.Stop()
		late = timer.C
	}
	select {
	case <-late:
		ended, _ := c.container.look()
		return !ended
	case <-c.ctx.Done():
		c.Kill()
	case <-c.ended:
	case <-seen:
	}
	return false
}

func (c *Cmd) spawn() (*container, error) {
	var p *C.ctr_container

	fds, err := c.numbers()
	if err != nil {
		return nil, err
	}
	onLastingThread(func() {
		if c.plan != nil {
			p, err = c.plan.spawn(fds)
		} else {
			p, err = c.Spec.spawn(fds)
		}
	})
	if err != nil {
		return nil, err
	}
	return newContainer(p)
}

// spawn starts a container with these descriptors, the first ones; -1 is the null device.
func (s *Spec) spawn(fds []C.int) (p *C.ctr_container, err error) {
	err = s.build(func(b *builder) {
		for target, fd := range fds {
			b.check(C.ctr_process_set_fd(b.process, C.int(target), fd, b.err))
		}
		if b.failed != nil {
			return
		}
		p = C.ctr_spawn(b.spec, b.err)
		if p == nil {
			b.failed = errorOf(b.err)
		}
	})
	return p, err
}

// Wait waits for the end of the container and of the copying of its streams. Then none of
// its processes is left. The error is an *ExitError if the program did not succeed. See
// WaitDelay for streams that do not end.
func (c *Cmd) Wait() error {
	if c.container == nil {
		return errors.New("minictr: not started")
	}
	if !c.container.claim() {
		return errors.New("minictr: Wait was already called")
	}
	result, err := c.container.wait()
	c.Result = result
	close(c.ended)
	copied := c.finishCopying(c.WaitDelay)
	c.closeOurs()
	if err != nil {
		return err
	}
	if !result.Success() {
		return &ExitError{Result: result, cause: c.reason()}
	}
	return copied
}

// reason is why the context had the container killed, if it had.
func (c *Cmd) reason() error {
	if c.Result.Signal == syscall.SIGKILL && c.Result.End == Signalled {
		return c.ctx.Err()
	}
	return nil
}

// Run is Start and Wait.
func (c *Cmd) Run() error {
	if err := c.Start(); err != nil {
		return err
	}
	return c.Wait()
}

// Output runs the container and returns what it wrote to standard output.
func (c *Cmd) Output() ([]byte, error) {
	var out bytes.Buffer
	var end tail

	if c.Stdout != nil {
		return nil, errors.New("minictr: Stdout already set")
	}
	c.Stdout = &out
	captured := c.Stderr == nil
	if captured {
		c.Stderr = &end
	}
	err := c.Run()
	var failed *ExitError
	if captured && errors.As(err, &failed) {
		failed.Stderr = end
	}
	return out.Bytes(), err
}

// CombinedOutput runs the container and returns its standard output and error.
func (c *Cmd) CombinedOutput() ([]byte, error) {
	var out bytes.Buffer

	if c.Stdout != nil || c.Stderr != nil {
		return nil, errors.New("minictr: Stdout or Stderr already set")
	}
	c.Stdout, c.Stderr = &out, &out
	err := c.Run()
	return out.Bytes(), err
}

// call is for what can be done to a container while it runs.
func (c *Cmd) call(f func(*C.ctr_container, *C.ctr_error) C.int) error {
	if c.container == nil {
		return errors.New("minictr: not started")
	}
	return c.container.call(f)
}

// Kill kills all processes of the container. Wait has to be called all the same. After it
// the error is os.ErrProcessDone, for Signal and the others too.
func (c *Cmd) Kill() error {
	return c.call(func(p *C.ctr_container, e *C.ctr_error) C.int {
		return C.ctr_container_kill_all(p, e)
	})
}

// Signal sends a signal to the program. As process 1, with Spec.NoInit, it gets only those
// that it has a handler for, and SIGKILL and SIGSTOP.
func (c *Cmd) Signal(sig syscall.Signal) error {
	if sig != syscall.Signal(C.int(sig)) { // C would send another one
		return refusal("signal", strconv.Itoa(int(sig)), "a number of signal(7)")
	}
	err := c.call(func(p *C.ctr_container, e *C.ctr_error) C.int {
		return C.ctr_container_send_signal(p, C.int(sig), e)
	})
	if errors.Is(err, syscall.ESRCH) { // ignoring SIGCHLD leaves nothing to wait for
		return os.ErrProcessDone
	}
	return err
}

// Freeze stops all processes of the container, which needs limits or Spec.Accounting.
func (c *Cmd) Freeze() error {
	return c.call(func(p *C.ctr_container, e *C.ctr_error) C.int {
		return C.ctr_container_freeze(p, e)
	})
}

// Thaw lets them go on.
func (c *Cmd) Thaw() error {
	return c.call(func(p *C.ctr_container, e *C.ctr_error) C.int {
		return C.ctr_container_thaw(p, e)
	})
}

// Usage is what it uses now; after Wait see Result.
func (c *Cmd) Usage() (usage Usage, err error) {
	failed := c.call(func(p *C.ctr_container, _ *C.ctr_error) C.int {
		usage, err = usageOf(p)
		return 0
	})
	if failed != nil {
		return nil, failed
	}
	return usage, err
}

// Pid is the process id of the container's first process on the host; 0 if it was not started.
func (c *Cmd) Pid() int {
	if c.container == nil {
		return 0
	}
	return c.container.pid
}

// ProgramPid is the program's process id on the host: another one than Pid where an init is the
// first process. It is 0 if the program was not started. It may have ended already.
func (c *Cmd) ProgramPid() int {
	if c.container == nil {
		return 0
	}
	return c.container.program
}
