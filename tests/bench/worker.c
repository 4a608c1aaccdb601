/* SPDX-License-Identifier: MIT */
#include "bench/worker.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/measure.h"

static void serve(const struct work *work, void *data, int orders, int answers)
{
	uint64_t began, ns;
	char order;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	data = work->prepare(data);
	while (read(orders, &order, 1) == 1) {
		began = now_ns();
		work->run(data);
		ns = now_ns() - began;
		if (write(answers, &ns, sizeof(ns)) != sizeof(ns))
			break;
	}
}

void worker_start(struct worker *worker, const struct work *work, void *data)
{
	int orders[2], answers[2];

	if (pipe2(orders, O_CLOEXEC) || pipe2(answers, O_CLOEXEC))
		die("worker", "no pipe");
	worker->pid = fork();
	if (worker->pid < 0)
		die("worker", "can't be started");
	if (worker->pid == 0) {
		close(orders[1]);
		serve(work, data, orders[0], answers[1]);
		_exit(0);
	}
	close(orders[0]);
	close(answers[1]);
	worker->order = orders[1];
	worker->answer = answers[0];
}

uint64_t worker_sample(void *data)
{
	const struct worker *worker = data;
	uint64_t ns;

	if (write(worker->order, "", 1) != 1 || read(worker->answer, &ns, sizeof(ns)) != sizeof(ns))
		die("worker", "has ended");
	return ns;
}

/* Those that were started later have copies of the pipe: it would not notice the end of orders. */
void worker_end(struct worker *worker)
{
	close(worker->order);
	close(worker->answer);
	kill(worker->pid, SIGKILL);
	waitpid(worker->pid, NULL, 0);
}
