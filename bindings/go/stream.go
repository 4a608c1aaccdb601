// SPDX-License-Identifier: MIT

package minictr

import "C"

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"time"
)

// ErrWaitDelay is returned by Wait if a program has succeeded, but a stream could not be copied
// to its end before Cmd.WaitDelay had passed.
var ErrWaitDelay = errors.New("minictr: WaitDelay expired before the streams were copied")

// A Stream is what the program's descriptors are connected to.
type Stream struct {
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer

	// ExtraFiles become descriptors 3, 4, ... A container of a Plan can't have any. A
	// directory is refused, here and as Stdin, for the program could leave its root from
	// it: use a Bind instead.
	ExtraFiles []*os.File

	files  []*os.File  // for the program, by descriptor; nil: the null device
	theirs []io.Closer // to be closed once it has them
	ours   []io.Closer // to be closed after Wait
	copies []copying
	copied chan error
}

// A copying is what a goroutine does.
type copying struct {
	run func() error
	// The end of its pipe ends it, for what it writes to is memory.
	ends chan struct{}
}

// openAll makes what the program is to have.
func (s *Stream) openAll() error {
	for _, open := range []func() (*os.File, error){s.openStdin, s.openStdout, s.openStderr} {
		file, err := open()
		if err != nil {
			return err
		}
		s.files = append(s.files, file)
	}
	s.files = append(s.files, s.ExtraFiles...)
	return nil
}

// numbers is what the library takes.
func (s *Stream) numbers() ([]C.int, error) {
	var numbers []C.int
	for _, file := range s.files {
		if file == nil {
			numbers = append(numbers, -1)
			continue
		}
		number := file.Fd()
		if number == ^uintptr(0) {
			return nil, &os.PathError{Op: "pass", Path: file.Name(), Err: os.ErrClosed}
		}
		numbers = append(numbers, C.int(number))
	}
	return numbers, nil
}

// pipe is one between the program and this process; whose ends are closed in time.
func (s *Stream) pipe(theirsIsReader bool) (r, w *os.File, err error) {
	r, w, err = os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	if theirsIsReader {
		s.theirs, s.ours = append(s.theirs, r), append(s.ours, w)
	} else {
		s.theirs, s.ours = append(s.theirs, w), append(s.ours, r)
	}
	return r, w, nil
}

func (s *Stream) openStdin() (*os.File, error) {
	if s.Stdin == nil {
		return nil, nil
	}
	if file, ok := s.Stdin.(*os.File); ok {
		return file, nil
	}
	r, w, err := s.pipe(true)
	if err != nil {
		return nil, err
	}
	s.copies = append(s.copies, copying{run: func() error {
		_, err := io.Copy(w, s.Stdin)
		if errors.Is(err, syscall.EPIPE) { // it need not read all
			err = nil
		}
		if closed := w.Close(); err == nil {
			err = closed
		}
		return err
	}})
	return r, nil
}

func (s *Stream) openStdout() (*os.File, error) {
	return s.openWriter(s.Stdout)
}

// openStderr lets both be one pipe if both are one writer, so that it has one caller.
func (s *Stream) openStderr() (*os.File, error) {
	if s.Stderr != nil && same(s.Stderr, s.Stdout) {
		return s.files[1], nil
	}
	return s.openWriter(s.Stderr)
}

// same compares writers, which may be of a type that can't be compared.
func same(a, b io.Writer) bool {
	defer func() { _ = recover() }()
	return a == b
}

func (s *Stream) openWriter(to io.Writer) (*os.File, error) {
	if to == nil {
		return nil, nil
	}
	if file, ok := to.(*os.File); ok {
		return file, nil
	}
	r, w, err := s.pipe(false)
	if err != nil {
		return nil, err
	}
	c := copying{run: func() error {
		_, err := io.Copy(to, r)
		r.Close() // a writer is told
		return err
	}}
	switch to.(type) {
	case *bytes.Buffer, *strings.Builder, *tail:
		c.ends = make(chan struct{})
	}
	s.copies = append(s.copies, c)
	return w, nil
}

// StdinPipe is a pipe to the program's standard input. Close it for the program to see its end.
func (c *Cmd) StdinPipe() (io.WriteCloser, error) {
	if c.Stdin != nil || c.ended != nil {
		return nil, errors.New("minictr: StdinPipe: Stdin already set, or started")
	}
	r, w, err := c.pipe(true)
	if err != nil {
		return nil, err
	}
	c.Stdin = r
	return w, nil
}

// StdoutPipe is a pipe from the program's standard output. Wait closes it: read first.
func (c *Cmd) StdoutPipe() (io.ReadCloser, error) {
	if c.Stdout != nil || c.ended != nil {
		return nil, errors.New("minictr: StdoutPipe: Stdout already set, or started")
	}
	r, w, err := c.pipe(false)
	if err != nil {
		return nil, err
	}
	c.Stdout = w
	return r, nil
}

// StderrPipe is the same for standard error.
func (c *Cmd) StderrPipe() (io.ReadCloser, error) {
	if c.Stderr != nil || c.ended != nil {
		return nil, errors.New("minictr: StderrPipe: Stderr already set, or started")
	}
	r, w, err := c.pipe(false)
	if err != nil {
		return nil, err
	}
	c.Stderr = w
	return r, nil
}

func closeAll(files *[]io.Closer) {
	for _, file := range *files {
		file.Close()
	}
	*files = nil
}

func (s *Stream) closeTheirs() { closeAll(&s.theirs) }
func (s *Stream) closeOurs()   { closeAll(&s.ours) }

func (s *Stream) startCopying() {
	s.copied = make(chan error, len(s.copies))
	for _, c := range s.copies {
		c := c
		go func() {
			s.copied <- c.run()
			if c.ends != nil {
				close(c.ends)
			}
		}()
	}
}

// finishCopying waits for all, and returns the first error. After the delay, unless it is 0, it
// closes the pipes and waits no longer than for what that ends.
func (s *Stream) finishCopying(delay time.Duration) error {
	var first error
	var late <-chan time.Time
	if delay > 0 {
		timer := time.NewTimer(delay)
		defer timer.Stop()
		late = timer.C
	}
	for range s.copies {
		select {
		case err := <-s.copied:
			if err != nil && first == nil {
				first = err
			}
		case <-late:
			s.abandonCopying()
			return ErrWaitDelay
		}
	}
	return first
}

func (s *Stream) abandonCopying() {
	s.closeOurs()
	for _, c := range s.copies {
		if c.ends != nil {
			<-c.ends
		}
	}
}

// A tail keeps the last bytes that are written to it.
type tail []byte

const tailSize = 32 * 1024

func (t *tail) Write(p []byte) (int, error) {
	*t = append(*t, p...)
	if extra := len(*t) - tailSize; extra > 0 {
		*t = append((*t)[:0], (*t)[extra:]...)
	}
	return len(p), nil
}
