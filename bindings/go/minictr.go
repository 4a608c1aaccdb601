// SPDX-License-Identifier: MIT

// Package minictr runs programs in containers, as os/exec runs them without.
//
//	cmd := minictr.Command("hostname")
//	cmd.Hostname = "box"
//	out, err := cmd.Output()
//
// It is a binding of libminictr: there is no daemon, no other program is run and nothing
// has to be set up. What a container is when nothing else is said: the host's files,
// read-only, with a /tmp of its own; namespaces of its own, a network without interfaces
// but the loopback included; user 0 with few capabilities, and a filter of system calls.
//
// # Threads
//
// Everything may be called from any goroutine. A container ends with this process, however
// it ends. The kernel ties that to the thread that made the container, so the package makes
// them on threads of its own, which never end: what a goroutine has done to its own thread,
// such as joining a network namespace, is not inherited. Waiting takes no thread: a container
// has a descriptor, and the runtime polls that as it polls a socket.
//
// The library installs no signal handlers and waits for its own children only: os/exec and
// os/signal are not disturbed.
package minictr

// #cgo pkg-config: minictr
// #include <minictr.h>
import "C"

// Version is the version of the library that the program runs with.
func Version() string {
	return C.GoString(C.ctr_version())
}
