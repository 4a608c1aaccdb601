// SPDX-License-Identifier: MIT

package minictr

import (
	"runtime"
	"sync/atomic"
)

// The kernel kills a container when the thread that made it ends, and the thread of a
// goroutine may: a goroutine that ends while it is locked to its thread takes it along. So
// containers are made on threads that stay as long as the process.
var (
	work    = make(chan func())
	threads int32
)

func spawnThread() {
	runtime.LockOSThread() // for good
	for f := range work {
		f()
	}
}

// onLastingThread calls f and returns when it has returned.
func onLastingThread(f func()) {
	done := make(chan struct{})
	job := func() {
		defer close(done)
		f()
	}
	select {
	case work <- job:
	default: // none is idle
		most := int32(runtime.NumCPU())
		if atomic.LoadInt32(&threads) < most && atomic.AddInt32(&threads, 1) <= most {
			go spawnThread()
		}
		work <- job
	}
	<-done
}
