// SPDX-License-Identifier: MIT

package minictr

// #include <minictr.h>
import "C"

import (
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// A container is the handle of one that was started.
type container struct {
	pid     int
	program int      // its pid, which differs with an init
	pidfd   *os.File // readable at its end, for the runtime to poll

	mu     sync.Mutex       // held while the library looks at p
	p      *C.ctr_container // nil when Wait has seen its end
	failed error            // why nobody can tell how it has ended
	waited bool
}

// newContainer takes p over; it is ended if that fails.
func newContainer(p *C.ctr_container) (*container, error) {
	fd, _, errno := syscall.Syscall(syscall.SYS_FCNTL, uintptr(C.ctr_container_pidfd(p)),
		syscall.F_DUPFD_CLOEXEC, 0)
	if errno != 0 {
		C.ctr_container_free(p)
		return nil, os.NewSyscallError("fcntl", errno)
	}
	// The library polls before it waits, so this flag, which both have, does not matter
	// to it. Without it os.NewFile would not have the descriptor polled.
	if err := syscall.SetNonblock(int(fd), true); err != nil {
		C.ctr_container_free(p)
		syscall.Close(int(fd))
		return nil, os.NewSyscallError("fcntl", err)
	}
	c := &container{
		pid:     int(C.ctr_container_pid(p)),
		program: int(C.ctr_container_program_pid(p)),
		pidfd:   os.NewFile(fd, "pidfd"),
		p:       p,
	}
	runtime.SetFinalizer(c, (*container).abandon)
	return c, nil
}

// abandon is for a container that nobody can wait for any more. It runs on, as a process of
// os/exec does, and what it has is let go at its end.
func (c *container) abandon() {
	go c.wait()
}

// call is for functions that work on a container that has not ended.
func (c *container) call(f func(*C.ctr_container, *C.ctr_error) C.int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.p == nil {
		return os.ErrProcessDone
	}
	return withError(func(e *C.ctr_error) bool { return f(c.p, e) == 0 })
}

// look asks, without waiting, whether it has ended, and has its limits on time kept.
func (c *container) look() (ended bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.p == nil || c.failed != nil {
		return true, c.failed
	}
	c.failed = withError(func(e *C.ctr_error) bool {
		r := C.ctr_container_wait(c.p, 0, e)
		ended = r == 1
		return r >= 0
	})
	return ended, c.failed
}

// timeLeft is how long a limit on time can't be reached; negative if there is none.
func (c *container) timeLeft() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.p == nil {
		return -1
	}
	return time.Duration(C.ctr_container_time_left_ms(c.p)) * time.Millisecond
}

// await returns when the container has ended, or when nobody can tell.
func (c *container) await() error {
	conn, err := c.pidfd.SyscallConn()
	if err != nil {
		return err
	}
	var looked error
	err = conn.Read(func(uintptr) (done bool) {
		done, looked = c.look()
		return done || looked != nil
	})
	if looked != nil {
		return looked
	}
	return err
}

// seeEnd has the container looked at when it ends, so that its time ends then, however late Wait
// is. The channel is closed at that.
func (c *container) seeEnd() <-chan struct{} {
	seen := make(chan struct{})

	go func() {
		c.await()
		close(seen)
	}()
	return seen
}

// claim lets one caller wait.
func (c *container) claim() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	first := !c.waited
	c.waited = true
	return first
}

// release takes what is to be told of a container that has ended, and frees the handle.
func (c *container) release(err error) (*Result, error) {
	var result *Result

	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		result, err = resultOf(c.p)
	}
	runtime.SetFinalizer(c, nil)
	C.ctr_container_free(c.p)
	c.p = nil
	return result, err
}

// wait waits for the end and lets go of all that the container has.
func (c *container) wait() (*Result, error) {
	result, err := c.release(c.await())
	c.pidfd.Close() // which waits for another await, which may wait for the lock
	return result, err
}
