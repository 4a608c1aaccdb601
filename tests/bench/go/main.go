// SPDX-License-Identifier: MIT

// usage: bench ROUNDS ROOT PROGRAM [COMMAND...]
//
// What it costs a Go program to run PROGRAM of ROOT: by os/exec without a container, by the
// package, and by os/exec as the last argument of COMMAND, which makes a container. In turn,
// as measure.c does it, with its tables.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math/rand"
	"minictr"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"time"
)

const (
	title  = "from Go"
	warmUp = 10
)

type subject struct {
	name string
	run  func() error
	us   []float64
}

// at is a percentile, of sorted times.
func (s *subject) at(percent int) float64 {
	return s.us[len(s.us)*percent/100]
}

func measure(subjects []*subject, rounds int) {
	for i := 0; i < warmUp+rounds; i++ {
		rand.Shuffle(len(subjects), func(a, b int) {
			subjects[a], subjects[b] = subjects[b], subjects[a]
		})
		for _, s := range subjects {
			began := time.Now()
			if err := s.run(); err != nil {
				log.Fatalf("%s: %v", s.name, err)
			}
			if i >= warmUp {
				s.us = append(s.us, float64(time.Since(began).Nanoseconds())/1000)
			}
		}
	}
	for _, s := range subjects {
		sort.Float64s(s.us)
	}
}

func report(subjects []*subject, rounds int) {
	fmt.Printf("\n%-40s %10s %10s %8s\n", title, "median us", "p99 us", "ratio")
	file, err := os.OpenFile(os.Getenv("BENCH_JSON"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	for _, s := range subjects {
		ratio := s.at(50) / subjects[0].at(50)
		fmt.Printf("  %-38s %10.0f %10.0f %8.2f\n", s.name, s.at(50), s.at(99), ratio)
		json.NewEncoder(file).Encode(map[string]any{"table": title, "name": s.name,
			"median_us": s.at(50), "p99_us": s.at(99), "ratio": ratio, "rounds": rounds})
	}
}

// The network is the host's, as the commands have it.
func spec(root, program string) minictr.Spec {
	return minictr.Spec{Args: []string{program}, Rootfs: root, Hostname: "box", HostNamespaces: minictr.Net}
}

func main() {
	log.SetFlags(0)
	if len(os.Args) < 4 {
		log.Fatal("usage: bench ROUNDS ROOT PROGRAM [COMMAND...]")
	}
	rounds, err := strconv.Atoi(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	root, program, command := os.Args[2], os.Args[3], os.Args[4:]
	plan, err := minictr.Compile(spec(root, program))
	if err != nil {
		log.Fatal(err)
	}
	defer plan.Close()
	subjects := []*subject{
		{name: "os/exec, no container", run: func() error {
			return exec.Command(filepath.Join(root, program)).Run()
		}},
		{name: "minictr.Plan", run: func() error { return plan.Command().Run() }},
		{name: "minictr.Command", run: func() error {
			return (&minictr.Cmd{Spec: spec(root, program)}).Run()
		}},
	}
	if len(command) > 0 {
		subjects = append(subjects, &subject{name: "os/exec, " + command[0], run: func() error {
			return exec.Command(command[0], append(command[1:len(command):len(command)], program)...).Run()
		}})
	}
	measure(append([]*subject{}, subjects...), rounds)
	report(subjects, rounds)
}
