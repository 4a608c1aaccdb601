// SPDX-License-Identifier: 0BSD

// The lecture's container: "lecture run CMD [ARG...]" runs CMD in new UTS, PID and mount
// namespaces, in the directory that ROOTFS names, with /proc, as host "container", with at
// most 20 processes.
package main

import (
	"errors"
	"log"
	"minictr"
	"os"
)

func main() {
	if len(os.Args) < 3 || os.Args[1] != "run" {
		log.Fatal("usage: lecture run CMD [ARG...]")
	}
	log.Printf("Running %v", os.Args[1:])

	cmd := minictr.Command(os.Args[2], os.Args[3:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Rootfs = os.Getenv("ROOTFS")
	cmd.Hostname = "container"
	cmd.HostNamespaces = minictr.IPC | minictr.Net | minictr.Cgroup
	cmd.Limits.Pids = 20

	// The lecture's program starts itself again, to be inside; nothing has to be done there.
	log.Printf("Running %v", append([]string{"child"}, os.Args[2:]...))
	err := cmd.Run()
	var failed *minictr.ExitError
	if errors.As(err, &failed) && failed.End == minictr.Exited {
		os.Exit(failed.ExitCode)
	}
	if err != nil {
		log.Fatal(err)
	}
}
