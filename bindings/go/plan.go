// SPDX-License-Identifier: MIT

package minictr

// #include <minictr.h>
import "C"

import (
	"context"
	"os"
	"sync"
	"unsafe"
)

// A Plan is a Spec that was checked and compiled once, for many containers: each costs less
// than one of Command. It may be used by many goroutines at once.
type Plan struct {
	spec Spec

	mu sync.RWMutex // held while containers are started
	p  *C.ctr_plan  // nil when it was closed
}

// Compile checks a Spec as far as that can be done without a container, and opens what it
// names. What changes in the Spec or in the file system afterwards does not matter to it.
func Compile(spec Spec) (*Plan, error) {
	plan := &Plan{spec: spec}
	err := spec.build(func(b *builder) {
		for target := C.int(0); target < 3; target++ {
			b.check(C.ctr_process_set_fd(b.process, target, -1, b.err))
		}
		if b.failed != nil {
			return
		}
		plan.p = C.ctr_plan_compile(b.spec, b.err)
		if plan.p == nil {
			b.failed = errorOf(b.err)
		}
	})
	if err != nil {
		return nil, err
	}
	return plan, nil
}

// Close frees the plan; containers of it go on.
func (p *Plan) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	C.ctr_plan_free(p.p)
	p.p = nil
	return nil
}

// Command is one container of the plan. Its streams are its own.
func (p *Plan) Command() *Cmd {
	return p.CommandContext(context.Background())
}

// CommandContext is one that is killed when the context is done.
func (p *Plan) CommandContext(ctx context.Context) *Cmd {
	return &Cmd{Spec: p.spec, plan: p, ctx: ctx}
}

func (p *Plan) spawn(fds []C.int) (c *C.ctr_container, err error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.p == nil {
		return nil, os.ErrClosed
	}
	err = withError(func(e *C.ctr_error) bool {
		given := C.ctr_given_new(e)
		defer C.ctr_given_free(given)
		for target, fd := range fds {
			C.ctr_given_set_fd(given, C.int(target), fd, e) // one that failed fails the spawn
		}
		c = C.ctr_plan_spawn_with(p.p, given, e)
		return c != nil
	})
	return c, err
}

// Steps is what making a container of the plan consists of, one line each.
func (p *Plan) Steps() []string {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.p == nil {
		return nil
	}
	var steps []string
	for i := C.size_t(0); i < C.ctr_plan_count(p.p); i++ {
		line := make([]byte, C.ctr_plan_describe(p.p, i, nil, 0)+1)
		n := C.ctr_plan_describe(p.p, i, (*C.char)(unsafe.Pointer(&line[0])),
			C.size_t(len(line)))
		steps = append(steps, string(line[:n]))
	}
	return steps
}
