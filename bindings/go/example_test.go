// SPDX-License-Identifier: MIT

package minictr_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"minictr"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func ExampleCommand() {
	cmd := minictr.Command("sh", "-c", "hostname; echo $$")
	cmd.Hostname = "box"
	out, err := cmd.Output()
	fmt.Printf("%s%v\n", out, err)
	// Output:
	// box
	// 2
	// <nil>
}

func ExampleExitError() {
	cmd := minictr.Command("sh", "-c", "while :; do :; done")
	cmd.Limits = minictr.Limits{CPUTime: 100 * time.Millisecond, Pids: 20, MemoryBytes: 64 << 20}
	err := cmd.Run()
	var failed *minictr.ExitError
	if errors.As(err, &failed) {
		fmt.Println(failed.ExitCode, failed.Signal, failed.End)
	}
	// Output: -1 killed cpu_limit
}

func ExampleError() {
	err := minictr.Command("no-such-program").Run()
	var failed *minictr.Error
	if errors.As(err, &failed) {
		fmt.Println(failed.Object, errors.Is(err, exec.ErrNotFound), errors.Is(err, minictr.NotFound))
	}
	// Output: no-such-program true true
}

func ExampleCommandContext() {
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	err := minictr.CommandContext(ctx, "sleep", "100").Run()
	fmt.Println(err, errors.Is(err, context.DeadlineExceeded))
	// Output: signal: killed: context deadline exceeded true
}

func ExamplePlan() {
	plan, err := minictr.Compile(minictr.Spec{Args: []string{"tr", "a-z", "A-Z"}})
	if err != nil {
		log.Fatal(err)
	}
	defer plan.Close()
	for _, word := range []string{"one", "two"} {
		cmd := plan.Command()
		cmd.Stdin = strings.NewReader(word + "\n")
		out, _ := cmd.Output()
		fmt.Print(string(out))
	}
	// Output:
	// ONE
	// TWO
}

// The README shows what is run here.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(readme), "```go\n")[1:]
	if len(blocks) != 5 {
		t.Error(len(blocks), "blocks")
	}
	for _, block := range blocks {
		code, _, _ := strings.Cut(block, "```")
		if !strings.Contains(string(source), code) {
			t.Errorf("not in example_test.go:\n%s", code)
		}
	}
}
