// SPDX-License-Identifier: MIT

package minictr

// #include <stdlib.h>
// #include <minictr.h>
import "C"

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unsafe"
)

// A Spec says what a container is to be. The zero value of each field but Args is the
// library's own default.
type Spec struct {
	Args []string // the program, looked up in the container's PATH, and its arguments
	Env  []string // "NAME=VALUE", besides the container's PATH and HOME
	Dir  string   // working directory, in the container

	Rootfs   string // a directory of the host's; "": the host's files, read-only
	ReadOnly bool   // the Rootfs too
	Binds    []Bind
	Tmpfs    []Tmpfs

	User     string   // "NAME", "UID", "NAME:GROUP", "UID:GID"; ids of the container
	Groups   []string // supplementary ones, by name or number
	DropCaps []string // capabilities, such as "NET_BIND_SERVICE", or "ALL"
	AddCaps  []string // those that it has all the same

	Hostname       string
	HostNamespaces Namespace // those that are not to be new, such as Net | IPC
	Userns         Userns

	Limits     Limits
	Accounting bool // count what it uses, also where nothing is limited
	NoInit     bool // run the program as process 1, not below a small init
}

// A Bind shows a file or directory of the host's in the container.
type Bind struct {
	Source   string // absolute path on the host
	Target   string // absolute path in the container; "": the same
	ReadOnly bool
	NoExec   bool
}

// A Tmpfs is an empty file system in memory.
type Tmpfs struct {
	Target    string
	SizeBytes uint64 // 0: a fifth of the machine's memory
	Mode      uint32 // of its root, permission bits as chmod(2) has them; 0: 01777
}

// Limits are on all processes of the container together. 0: no limit.
type Limits struct {
	MemoryBytes uint64
	NoSwap      bool
	Pids        uint64  // processes and threads
	CPUs        float64 // 0.01 or more, such as 0.5
	CPUSet      string  // such as "0-3"
	WallTime    time.Duration
	CPUTime     time.Duration
	OutputBytes uint64 // the most that any one file may become
}

// Namespace is a set of kinds of namespaces.
type Namespace uint32

// The kinds that a container may share with the host.
const (
	PID    Namespace = C.CTR_NS_PID
	UTS    Namespace = C.CTR_NS_UTS
	IPC    Namespace = C.CTR_NS_IPC
	Net    Namespace = C.CTR_NS_NET
	Cgroup Namespace = C.CTR_NS_CGROUP
)

// Userns says whether a container has a user namespace of its own.
type Userns uint32

// UsernsAuto is a new one for unprivileged callers.
const (
	UsernsAuto Userns = C.CTR_NS_MODE_AUTO
	UsernsNew  Userns = C.CTR_NS_MODE_NEW
	UsernsHost Userns = C.CTR_NS_MODE_HOST
)

// A builder fills a ctr_spec, and remembers the first thing that went wrong.
type builder struct {
	spec    *C.ctr_spec
	process *C.ctr_process // of spec
	err     *C.ctr_error
	strings []*C.char
	failed  error
}

func (b *builder) check(r C.int) {
	if r != 0 && b.failed == nil {
		b.failed = errorOf(b.err)
	}
}

// refusal is an error as the library has them, of a value that it is not given.
func refusal(what, value, expected string) *Error {
	return &Error{Code: Invalid, Step: what, Object: value, Hint: expected,
		message: fmt.Sprintf("%s: %q: not %s", what, value, expected)}
}

func (b *builder) refuse(what, value, expected string) {
	if b.failed == nil {
		b.failed = refusal(what, value, expected)
	}
}

// A string of C's, until the builder is cleared. What would be cut short is refused.
func (b *builder) str(s string) *C.char {
	if strings.IndexByte(s, 0) >= 0 {
		b.refuse("string", s, "without a NUL byte")
	}
	c := C.CString(s)
	b.strings = append(b.strings, c)
	return c
}

func (b *builder) clear() {
	for _, s := range b.strings {
		C.free(unsafe.Pointer(s))
	}
	C.ctr_spec_free(b.spec)
	C.ctr_error_free(b.err)
}

func cbool(b bool) C.int {
	if b {
		return 1
	}
	return 0
}

// build calls use with a ctr_spec that is valid until it returns.
func (s *Spec) build(use func(*builder)) error {
	b := &builder{err: C.ctr_error_new()}
	defer b.clear()
	b.spec = C.ctr_spec_new(b.err)
	if b.spec == nil {
		return errorOf(b.err)
	}
	b.process = C.ctr_spec_get_process(b.spec)
	s.program(b)
	s.files(b)
	s.identity(b)
	s.isolation(b)
	s.Limits.apply(b)
	if b.failed == nil {
		use(b)
	}
	return b.failed
}

func (s *Spec) program(b *builder) {
	for _, arg := range s.Args {
		b.check(C.ctr_process_add_arg(b.process, b.str(arg), b.err))
	}
	for _, variable := range s.Env {
		name, value, found := strings.Cut(variable, "=")
		if !found {
			b.refuse("environment", variable, "NAME=VALUE")
			continue
		}
		b.check(C.ctr_process_set_env(b.process, b.str(name), b.str(value), b.err))
	}
	if s.Dir != "" {
		b.check(C.ctr_process_set_cwd(b.process, b.str(s.Dir), b.err))
	}
	if s.NoInit {
		b.check(C.ctr_process_set_init(b.process, 0, b.err))
	}
}

func (s *Spec) files(b *builder) {
	if s.Rootfs != "" {
		b.check(C.ctr_spec_set_rootfs(b.spec, b.str(s.Rootfs), b.err))
	}
	b.check(C.ctr_spec_set_read_only(b.spec, cbool(s.ReadOnly), b.err))
	for _, bind := range s.Binds {
		target := bind.Target
		if target == "" {
			target = bind.Source
		}
		b.check(C.ctr_spec_add_bind(b.spec, b.str(bind.Source), b.str(target),
			bind.flags(), b.err))
	}
	for _, t := range s.Tmpfs {
		b.check(C.ctr_spec_add_tmpfs(b.spec, b.str(t.Target), C.uint64_t(t.SizeBytes),
			t.mode(), 0, b.err))
	}
}

func (b Bind) flags() C.uint32_t {
	var flags C.uint32_t
	if b.ReadOnly {
		flags |= C.CTR_MOUNT_READ_ONLY
	}
	if b.NoExec {
		flags |= C.CTR_MOUNT_NOEXEC
	}
	return flags
}

func (t Tmpfs) mode() C.uint32_t {
	if t.Mode == 0 {
		return 0o1777
	}
	return C.uint32_t(t.Mode)
}

func (s *Spec) identity(b *builder) {
	if s.User != "" {
		user, group, found := strings.Cut(s.User, ":")
		var g *C.char
		if found {
			g = b.str(group)
		}
		b.check(C.ctr_process_set_user_name(b.process, b.str(user), g, b.err))
	}
	for _, group := range s.Groups {
		b.check(C.ctr_process_add_group_name(b.process, b.str(group), b.err))
	}
	for _, name := range s.DropCaps {
		b.check(C.ctr_process_drop_cap(b.process, b.str(name), b.err))
	}
	for _, name := range s.AddCaps {
		b.check(C.ctr_process_add_cap(b.process, b.str(name), b.err))
	}
}

func (s *Spec) isolation(b *builder) {
	if s.Hostname != "" {
		b.check(C.ctr_spec_set_hostname(b.spec, b.str(s.Hostname), b.err))
	}
	for kind := Namespace(1); kind != 0; kind <<= 1 {
		if s.HostNamespaces&kind != 0 {
			b.check(C.ctr_spec_set_namespace(b.spec, C.uint32_t(kind),
				C.CTR_NS_MODE_HOST, b.err))
		}
	}
	b.check(C.ctr_spec_set_namespace(b.spec, C.CTR_NS_USER, C.int(s.Userns), b.err))
	b.check(C.ctr_spec_set_accounting(b.spec, cbool(s.Accounting), b.err))
}

// What is set, and no other: each has a control group as its price.
func (l *Limits) apply(b *builder) {
	limits := C.ctr_spec_get_limits(b.spec)
	if l.MemoryBytes != 0 {
		b.check(C.ctr_limits_set_memory_max(limits, C.uint64_t(l.MemoryBytes), b.err))
	}
	if l.NoSwap {
		b.check(C.ctr_limits_set_swap_max(limits, 0, b.err))
	}
	if l.Pids != 0 {
		b.check(C.ctr_limits_set_pids_max(limits, C.uint64_t(l.Pids), b.err))
	}
	if l.CPUs != 0 {
		l.applyCPUs(b, limits)
	}
	if l.CPUSet != "" {
		b.check(C.ctr_limits_set_cpuset_cpus(limits, b.str(l.CPUSet), b.err))
	}
	b.check(C.ctr_spec_set_wall_limit_ms(b.spec, b.milliseconds(l.WallTime), b.err))
	b.check(C.ctr_spec_set_cpu_limit_ms(b.spec, b.milliseconds(l.CPUTime), b.err))
	b.check(C.ctr_spec_set_output_limit(b.spec, C.uint64_t(l.OutputBytes), b.err))
}

func (l *Limits) applyCPUs(b *builder, limits *C.ctr_limits) {
	const periodUs = 100000

	// The kernel's least is 1 ms of a period, and 0 would be no limit.
	if !(l.CPUs >= 0.01 && l.CPUs <= math.MaxInt32) {
		b.refuse("CPUs", fmt.Sprint(l.CPUs), "a number of CPUs, 0.01 or more")
		return
	}
	b.check(C.ctr_limits_set_cpu_max(limits, C.uint64_t(math.Round(l.CPUs*periodUs)),
		periodUs, b.err))
}

// Rounded up: a time that is not 0 is a limit.
func (b *builder) milliseconds(d time.Duration) C.uint64_t {
	if d < 0 {
		b.refuse("time limit", d.String(), "positive")
		return 0
	}
	ms := d / time.Millisecond
	if d%time.Millisecond != 0 {
		ms++
	}
	return C.uint64_t(ms)
}
