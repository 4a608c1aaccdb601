// SPDX-License-Identifier: 0BSD

// The lecture's container, by cgo alone: "raw run CMD [ARG...]" runs CMD in new UTS, PID and
// mount namespaces, in the directory that ROOTFS names, with /proc, as host "container", with
// at most 20 processes. "raw explain CMD" prints the steps of that.
package main

// #cgo pkg-config: minictr
// #include <stdlib.h>
// #include <minictr.h>
import "C"

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"runtime"
	"unsafe"
)

// A failure is a ctr_error as a Go error.
type failure struct {
	Code, Step, Object, Hint, Message string
	Errno                             int
}

func (f *failure) Error() string { return f.Message }

// The owner frees the C object; the result is a Go value.
func failureOf(e *C.struct_ctr_error) error {
	size := C.ctr_error_json(e, nil, 0) + 1
	text := make([]byte, size)
	C.ctr_error_json(e, (*C.char)(unsafe.Pointer(&text[0])), size)
	f := &failure{}
	if err := json.Unmarshal(text[:size-1], f); err != nil {
		return err
	}
	return f
}

// with calls f with a C string that lives as long as the call: the library copies it.
func with(s string, f func(*C.char) C.int) C.int {
	c := C.CString(s)
	defer C.free(unsafe.Pointer(c))
	return f(c)
}

func fill(spec *C.struct_ctr_spec, rootfs string, args []string, e *C.struct_ctr_error) error {
	failed := with(rootfs, func(s *C.char) C.int { return C.ctr_spec_set_rootfs(spec, s, e) }) != 0 ||
		with("container", func(s *C.char) C.int { return C.ctr_spec_set_hostname(spec, s, e) }) != 0 ||
		C.ctr_limits_set_pids_max(C.ctr_spec_get_limits(spec), 20, e) != 0 ||
		C.ctr_spec_set_base_mounts(spec, C.CTR_BASE_PROC|C.CTR_BASE_DEV, e) != 0
	for _, kind := range []C.uint32_t{C.CTR_NS_IPC, C.CTR_NS_NET, C.CTR_NS_CGROUP} {
		failed = failed || C.ctr_spec_set_namespace(spec, kind, C.CTR_NS_MODE_HOST, e) != 0
	}
	process := C.ctr_spec_get_process(spec)
	for _, arg := range args {
		failed = failed || with(arg, func(s *C.char) C.int { return C.ctr_process_add_arg(process, s, e) }) != 0
	}
	if failed {
		return failureOf(e)
	}
	return nil
}

func compile(rootfs string, args []string) (*C.struct_ctr_plan, error) {
	e := C.ctr_error_new()
	defer C.ctr_error_free(e)
	spec := C.ctr_spec_new(e)
	defer C.ctr_spec_free(spec)
	if spec == nil {
		return nil, failureOf(e)
	}
	if err := fill(spec, rootfs, args, e); err != nil {
		return nil, err
	}
	plan := C.ctr_plan_compile(spec, e)
	if plan == nil {
		return nil, failureOf(e)
	}
	return plan, nil
}

// The kernel ends a container with the thread that made it: main() has one for itself.
func run(plan *C.struct_ctr_plan) (int, error) {
	e := C.ctr_error_new()
	defer C.ctr_error_free(e)
	c := C.ctr_plan_spawn(plan, e)
	defer C.ctr_container_free(c)
	if c == nil || C.ctr_container_wait(c, -1, e) != 1 {
		return 125, failureOf(e)
	}
	if signal := C.ctr_container_exit_signal(c); signal != 0 {
		return 128 + int(signal), nil
	}
	return int(C.ctr_container_exit_code(c)), nil
}

func explain(plan *C.struct_ctr_plan) {
	const size = 4096
	line := (*C.char)(C.malloc(size))
	defer C.free(unsafe.Pointer(line))
	for i := C.size_t(0); i < C.ctr_plan_count(plan); i++ {
		n := C.ctr_plan_describe(plan, i, line, size)
		if n >= size { // n is the length of the whole line, which did not fit
			n = size - 1
		}
		fmt.Println(C.GoStringN(line, C.int(n)))
	}
}

func main() {
	if len(os.Args) < 3 || os.Args[1] != "run" && os.Args[1] != "explain" {
		log.Fatal("usage: raw run|explain CMD [ARG...]")
	}
	runtime.LockOSThread()
	log.Printf("Running %v", os.Args[1:])
	plan, err := compile(os.Getenv("ROOTFS"), os.Args[2:])
	if err != nil {
		log.Fatal(err)
	}
	defer C.ctr_plan_free(plan)
	if os.Args[1] == "explain" {
		explain(plan)
		return
	}
	// The lecture's program has started itself again here, to be inside.
	log.Printf("Running %v", append([]string{"child"}, os.Args[2:]...))
	code, err := run(plan)
	if err != nil {
		log.Print("libminictr ", C.GoString(C.ctr_version()), ": ", err)
	}
	os.Exit(code)
}
