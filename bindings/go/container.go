// SPDX-License-Identifier: MIT

package minictr

// #include <minictr.h>
import "C"

import (
	"errors"
	"os"
	"sync"
	"syscall"
	"time"
)

// A container is the handle of one that was started.
type container struct {
	pid   int
	pidfd *os.File // readable at its end, for the runtime to poll

	mu sync.Mutex       // held while the library looks at p
	p  *C.ctr_container // nil when its end has been seen
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
	return &container{
		pid:   int(C.ctr_container_pid(p)),
		pidfd: os.NewFile(fd, "pidfd"),
		p:     p,
	}, nil
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

// look asks, without waiting, whether it has ended, and has its limits on time kept. Until
// then it says when to ask again in any case; the zero time if there is no need to.
func (c *container) look() (ended bool, again time.Time, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	err = withError(func(e *C.ctr_error) bool {
		r := C.ctr_container_wait(c.p, 0, e)
		ended = r == 1
		return r >= 0
	})
	if left := C.ctr_container_time_left_ms(c.p); left >= 0 {
		again = time.Now().Add(time.Duration(left) * time.Millisecond)
	}
	return ended, again, err
}

// await returns when the container has ended, or when nobody can tell.
func (c *container) await() error {
	var looked error

	conn, err := c.pidfd.SyscallConn()
	if err != nil {
		return err
	}
	look := func(uintptr) (done bool) {
		var again time.Time
		done, again, looked = c.look()
		if !done && looked == nil {
			looked = c.pidfd.SetReadDeadline(again)
		}
		return done || looked != nil
	}
	for {
		c.pidfd.SetReadDeadline(time.Time{}) // a past one would keep Read from looking
		err := conn.Read(look)
		if looked != nil {
			return looked
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
	}
}

// wait waits for the end and lets go of all that the container has.
func (c *container) wait() (*Result, error) {
	var result *Result

	err := c.await()
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		result, err = resultOf(c.p)
	}
	C.ctr_container_free(c.p)
	c.p = nil
	c.pidfd.Close()
	return result, err
}
