// SPDX-License-Identifier: MIT

package minictr

// #include <minictr.h>
import "C"

import (
	"fmt"
	"syscall"
)

// An End is how a container has ended.
type End uint32

// The ends, as in minictr/container.h.
const (
	Exited      End = C.CTR_END_EXITED
	Signalled   End = C.CTR_END_SIGNALLED
	OutOfMemory End = C.CTR_END_OUT_OF_MEMORY
	WallLimit   End = C.CTR_END_WALL_LIMIT
	CPULimit    End = C.CTR_END_CPU_LIMIT
	OutputLimit End = C.CTR_END_OUTPUT_LIMIT
)

// String is the library's word, such as "out_of_memory".
func (e End) String() string {
	return C.GoString(C.ctr_container_end_name(C.uint32_t(e)))
}

// A UsageKind is something that is counted.
type UsageKind uint32

// What is counted, as in minictr/usage.h: what has US in its name there is in microseconds,
// what has BYTES in bytes.
const (
	WallTime       UsageKind = C.CTR_USAGE_WALL_US
	CPUTime        UsageKind = C.CTR_USAGE_CPU_US
	UserTime       UsageKind = C.CTR_USAGE_USER_US
	SystemTime     UsageKind = C.CTR_USAGE_SYSTEM_US
	ThrottledTime  UsageKind = C.CTR_USAGE_THROTTLED_US
	Memory         UsageKind = C.CTR_USAGE_MEMORY_BYTES
	MemoryPeak     UsageKind = C.CTR_USAGE_MEMORY_PEAK_BYTES
	PageCache      UsageKind = C.CTR_USAGE_PAGE_CACHE_BYTES
	OOMKills       UsageKind = C.CTR_USAGE_OOM_KILLS
	Pids           UsageKind = C.CTR_USAGE_PIDS
	PidsPeak       UsageKind = C.CTR_USAGE_PIDS_PEAK
	IORead         UsageKind = C.CTR_USAGE_IO_READ_BYTES
	IOWrite        UsageKind = C.CTR_USAGE_IO_WRITE_BYTES
	CPUPressure    UsageKind = C.CTR_USAGE_CPU_PRESSURE_US
	MemoryPressure UsageKind = C.CTR_USAGE_MEMORY_PRESSURE_US
	IOPressure     UsageKind = C.CTR_USAGE_IO_PRESSURE_US
	PidsRefused    UsageKind = C.CTR_USAGE_PIDS_REFUSED

	// Of the first process and all that it waited for, known after Wait without a group too.
	MaxRSS              UsageKind = C.CTR_USAGE_MAX_RSS_BYTES
	VoluntarySwitches   UsageKind = C.CTR_USAGE_VOLUNTARY_SWITCHES
	InvoluntarySwitches UsageKind = C.CTR_USAGE_INVOLUNTARY_SWITCHES
	MinorFaults         UsageKind = C.CTR_USAGE_MINOR_FAULTS
	MajorFaults         UsageKind = C.CTR_USAGE_MAJOR_FAULTS
)

// String is the library's name, such as "memory_peak_bytes".
func (k UsageKind) String() string {
	return C.GoString(C.ctr_usage_name(C.uint32_t(k)))
}

// Usage is what a container uses or has used; what is not known is not in it.
type Usage map[UsageKind]uint64

// A Result is what became of a container.
type Result struct {
	ExitCode int            // -1 if a signal ended the program
	Signal   syscall.Signal // 0 if it exited
	End      End
	Usage    Usage
}

// Success tells whether the program exited with 0.
func (r *Result) Success() bool {
	return r.End == Exited && r.ExitCode == 0
}

func (r *Result) String() string {
	text := fmt.Sprintf("exit status %d", r.ExitCode)
	if r.Signal != 0 {
		text = fmt.Sprintf("signal: %v", r.Signal)
	}
	if r.End != Exited && r.End != Signalled {
		text += fmt.Sprintf(" (%v)", r.End)
	}
	return text
}

// An ExitError tells that the program ran and did not succeed.
type ExitError struct {
	*Result
	Stderr []byte // the end of it, from Output if Cmd.Stderr was nil

	cause error
}

func (e *ExitError) Error() string {
	if e.cause != nil {
		return fmt.Sprintf("%v: %v", e.Result, e.cause)
	}
	return e.Result.String()
}

// Unwrap is the error of the context for which the container was killed, or nil.
func (e *ExitError) Unwrap() error {
	return e.cause
}

func usageOf(c *C.ctr_container) (Usage, error) {
	var usage Usage
	err := withError(func(e *C.ctr_error) bool {
		set := C.ctr_usage_new(e)
		if set == nil {
			return false
		}
		defer C.ctr_usage_free(set)
		if C.ctr_container_stats(c, set, e) != 0 {
			return false
		}
		usage = Usage{}
		for i := C.uint32_t(0); C.ctr_usage_name(i) != nil; i++ {
			var value C.uint64_t
			if C.ctr_usage_get(set, i, &value) != 0 {
				usage[UsageKind(i)] = uint64(value)
			}
		}
		return true
	})
	return usage, err
}

// resultOf reads what ctr_container_wait() has seen.
func resultOf(c *C.ctr_container) (*Result, error) {
	usage, err := usageOf(c)
	return &Result{
		ExitCode: int(C.ctr_container_exit_code(c)),
		Signal:   syscall.Signal(C.ctr_container_exit_signal(c)),
		End:      End(C.ctr_container_end(c)),
		Usage:    usage,
	}, err
}
