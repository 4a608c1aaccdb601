// SPDX-License-Identifier: MIT

package minictr

// #include <minictr.h>
import "C"

import (
	"os/exec"
	"syscall"
)

// A Code is a kind of Error. It is an error itself, so that errors.Is(err, minictr.NotFound)
// asks for it.
type Code int

// The codes, as in minictr/error.h.
const (
	Invalid       Code = C.CTR_E_INVALID        // an argument or a value can't be used
	NoMemory      Code = C.CTR_E_NOMEM          // out of memory
	System        Code = C.CTR_E_SYSTEM         // a system call failed: see the Errno
	NotFound      Code = C.CTR_E_NOT_FOUND      // the program to run does not exist
	NotExecutable Code = C.CTR_E_NOT_EXECUTABLE // the program exists and can't be run
	Unsupported   Code = C.CTR_E_UNSUPPORTED    // this host or kernel can't do it
	Timeout       Code = C.CTR_E_TIMEOUT        // a time bound was reached
	Killed        Code = C.CTR_E_KILLED         // the child died while it was set up
	State         Code = C.CTR_E_STATE          // the container is not in the state needed
	Lost          Code = C.CTR_E_LOST           // another part of the process took the status
)

var codeTexts = map[Code]string{
	Invalid:       "a value can't be used",
	NoMemory:      "out of memory",
	System:        "a system call failed",
	NotFound:      "program not found",
	NotExecutable: "the program can't be run",
	Unsupported:   "not supported by this host",
	Timeout:       "a time bound was reached",
	Killed:        "killed while it was set up",
	State:         "not in the state needed",
	Lost:          "the status is lost",
}

func (c Code) Error() string {
	return "minictr: " + codeTexts[c]
}

// An Error is what the library tells of a failure.
type Error struct {
	Code   Code
	Errno  syscall.Errno // the kernel's, 0 if none was involved
	Step   string        // what was being done
	Object string        // what it was done to: a path, a value, a name
	Hint   string        // the cause or the cure, where it is known

	message string
}

func (e *Error) Error() string {
	return "minictr: " + e.message
}

// Unwrap gives the errno, so that errors.Is(err, fs.ErrPermission) works too.
func (e *Error) Unwrap() error {
	if e.Errno == 0 {
		return nil
	}
	return e.Errno
}

// Is tells whether target is the Code, or exec.ErrNotFound for a program that was not found.
func (e *Error) Is(target error) bool {
	if target == exec.ErrNotFound {
		return e.Code == NotFound
	}
	code, ok := target.(Code)
	return ok && code == e.Code
}

// errorOf copies what the library has stored. p is nil when there was no memory for it.
func errorOf(p *C.ctr_error) *Error {
	if p == nil {
		return &Error{Code: NoMemory, message: codeTexts[NoMemory]}
	}
	return &Error{
		Code:    Code(C.ctr_error_code(p)),
		Errno:   syscall.Errno(C.ctr_error_errno(p)),
		Step:    C.GoString(C.ctr_error_step(p)),
		Object:  C.GoString(C.ctr_error_object(p)),
		Hint:    C.GoString(C.ctr_error_hint(p)),
		message: C.GoString(C.ctr_error_message(p)),
	}
}

// withError calls f with an error object, and returns what f has stored there if it says
// that it has failed.
func withError(f func(*C.ctr_error) bool) error {
	p := C.ctr_error_new()
	defer C.ctr_error_free(p)
	if f(p) {
		return nil
	}
	return errorOf(p)
}
