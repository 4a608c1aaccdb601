/* SPDX-License-Identifier: MIT */
/* Children of a plan that stand ready: all is done but what depends on the container at hand. */
#include <minictr/pool.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/export.h"
#include "base/maker.h"
#include "base/sys.h"
#include "base/wait.h"
#include "container/explain.h"
#include "container/remains.h"
#include "container/spawn.h"
#include "plan/helper.h"

#define SIZE_MAX_READY 1024

struct ctr_pool {
	const ctr_plan *plan;
	unsigned maker; /* the process that may use it, by ctr__maker() */
	int helper;	/* -1: the plan has one */
	size_t size;	/* how many are to stand ready */
	pthread_mutex_t lock;
	struct ctr__spawn **ready; /* the oldest first */
	size_t n_ready;
	size_t n_underway; /* being prepared */
};

/* ---- one child ---- */

static struct ctr__spawn *prepare(const ctr_pool *pool, ctr_error *err)
{
	const ctr_plan *plan = pool->plan;
	const unsigned run = plan->template ? CTR__MODE_JOINED : CTR__MODE_ONESHOT;
	struct ctr__spawn *s = malloc(sizeof(*s));

	if (!s) {
		ctr__error_nomem(err);
		return NULL;
	}
	ctr__spawn_init(s, plan, run | CTR__MODE_POOLED, err);
	if (pool->helper >= 0)
		s->helper = pool->helper;
	if (ctr__spawn_prepare(s) == 0 && ctr__spawn_begin(s) == 0)
		return s;
	ctr__spawn_abandon(s);
	free(s);
	return NULL;
}

static void discard(struct ctr__spawn *s)
{
	ctr__spawn_abandon(s);
	free(s);
}

static bool lives(const struct ctr__spawn *s)
{
	return ctr__wait_readable(s->launching.pidfd, 0) == 0;
}

static bool is_replaced(const struct ctr__step_bind *bind)
{
	struct ctr__file_id id;
	struct statx st;
	int r;

	if (!bind->id.ino || bind->by_fd)
		return false;
	r = sys_statx(AT_FDCWD, bind->source, AT_SYMLINK_NOFOLLOW, STATX_INO, &st);
	if (r == -ENOENT && bind->may_be_gone)
		return false;
	id = ctr__file_id_of(&st);
	return r < 0 || !ctr__file_id_equal(&id, &bind->id);
}

/* It has the files that its paths lead to; those of a template are the plan's. */
static bool is_current(const struct ctr__spawn *s)
{
	for (size_t i = 0; i < s->plan->steps.n; i++) {
		const struct ctr__step *step = &s->plan->steps.v[i];

		if (!(step->modes & s->mode))
			continue;
		if ((step->kind == CTR__STEP_ROOT || step->kind == CTR__STEP_BIND) &&
		    is_replaced(&step->bind))
			return false;
	}
	return true;
}

/* ---- those that stand ready ---- */

/* With the lock held. */
static struct ctr__spawn *remove_at(ctr_pool *pool, size_t at)
{
	struct ctr__spawn *s = pool->ready[at];

	pool->n_ready--;
	for (size_t i = at; i < pool->n_ready; i++)
		pool->ready[i] = pool->ready[i + 1];
	return s;
}

static struct ctr__spawn *pop(ctr_pool *pool)
{
	struct ctr__spawn *s;

	pthread_mutex_lock(&pool->lock);
	s = pool->n_ready ? remove_at(pool, 0) : NULL;
	pthread_mutex_unlock(&pool->lock);
	return s;
}

static void push(ctr_pool *pool, struct ctr__spawn *s)
{
	pthread_mutex_lock(&pool->lock);
	pool->n_underway--;
	if (s)
		pool->ready[pool->n_ready++] = s;
	pthread_mutex_unlock(&pool->lock);
}

/* Whether one more is wanted, which is under way then. */
static bool claim(ctr_pool *pool)
{
	bool wanted;

	pthread_mutex_lock(&pool->lock);
	wanted = pool->n_ready + pool->n_underway < pool->size;
	pool->n_underway += wanted;
	pthread_mutex_unlock(&pool->lock);
	return wanted;
}

static size_t missing(ctr_pool *pool)
{
	size_t n;

	pthread_mutex_lock(&pool->lock);
	n = pool->size - pool->n_ready;
	pthread_mutex_unlock(&pool->lock);
	return n;
}

/* Takes one that has ended out, or NULL. */
static struct ctr__spawn *pop_ended(ctr_pool *pool)
{
	struct ctr__spawn *s = NULL;

	pthread_mutex_lock(&pool->lock);
	for (size_t i = 0; !s && i < pool->n_ready; i++)
		s = lives(pool->ready[i]) ? NULL : remove_at(pool, i);
	pthread_mutex_unlock(&pool->lock);
	return s;
}

/* ---- the pool ---- */

static bool is_copy(const ctr_pool *pool)
{
	return pool->maker != ctr__maker();
}

static int check_use(const ctr_pool *pool, const char *step, ctr_error *err)
{
	if (!pool)
		return ctr__error_missing(err, "pool");
	if (!is_copy(pool))
		return 0;
	return ctr__error_set(err, CTR_E_STATE, 0, step, NULL,
			      "the pool belongs to another process, of which this one is a "
			      "forked copy");
}

static int check_new(const ctr_plan *plan, size_t n, ctr_error *err)
{
	if (!plan)
		return ctr__error_missing(err, "plan");
	if (n < 1 || n > SIZE_MAX_READY)
		return ctr__error_number(err, "size of the pool", n, "1 to 1024");
	if (plan->n_fds > CTR__ORDER_FDS_MAX)
		return ctr__error_number(err, "number of descriptors of a pool's container",
					 plan->n_fds, "at most 253");
	return 0;
}

static int open_helper(ctr_pool *pool, ctr_error *err)
{
	if (pool->plan->helper >= 0)
		return 0;
	pool->helper = ctr__helper_open(pool->plan->fd_floor);
	return pool->helper < 0 ? ctr__error_sys(err, -pool->helper, "make the helper", NULL) : 0;
}

CTR_EXPORT ctr_pool *ctr_pool_new(const ctr_plan *plan, size_t n, ctr_error *err)
{
	ctr_pool *pool;

	if (check_new(plan, n, err))
		return NULL;
	pool = calloc(1, sizeof(*pool));
	if (pool)
		pool->ready = calloc(n, sizeof(struct ctr__spawn *));
	if (!pool || !pool->ready) {
		free(pool);
		ctr__error_nomem(err);
		return NULL;
	}
	pool->plan = plan;
	pool->maker = ctr__maker();
	pool->helper = -1;
	pool->size = n;
	pthread_mutex_init(&pool->lock, NULL);
	if (open_helper(pool, err) == 0 && ctr_pool_refill(pool, 0, err) >= 0)
		return pool;
	ctr_pool_free(pool);
	return NULL;
}

/* A forked copy has the descriptors, and the original the children. */
static void let_go(struct ctr__spawn *s)
{
	ctr__fd_close(ctr__fd_take(&s->launching.pidfd));
}

/* All are told to end before the first is waited for. */
static void end_all(const ctr_pool *pool)
{
	for (size_t i = 0; i < pool->n_ready; i++) {
		if (is_copy(pool))
			let_go(pool->ready[i]);
		else
			sys_pidfd_send_signal(pool->ready[i]->launching.pidfd, SIGKILL);
	}
	for (size_t i = 0; i < pool->n_ready; i++)
		discard(pool->ready[i]);
}

CTR_EXPORT void ctr_pool_free(ctr_pool *pool)
{
	if (!pool)
		return;
	end_all(pool);
	pthread_mutex_destroy(&pool->lock);
	ctr__fd_close(pool->helper);
	free(pool->ready);
	free(pool);
}

CTR_EXPORT int ctr_pool_refill(ctr_pool *pool, size_t max, ctr_error *err)
{
	struct ctr__spawn *s;

	if (check_use(pool, "refill the pool", err))
		return -1;
	ctr__remains_clear();
	while ((s = pop_ended(pool)))
		discard(s);
	for (size_t made = 0; (max == 0 || made < max) && claim(pool); made++) {
		s = prepare(pool, err);
		push(pool, s);
		if (!s)
			return -1;
	}
	return (int)missing(pool);
}

CTR_EXPORT size_t ctr_pool_count(ctr_pool *pool)
{
	return pool ? pool->size - missing(pool) : 0;
}

/* ---- taking one ---- */

/* One that can be used: the next that stands ready, or else a new one. */
static struct ctr__spawn *choose(ctr_pool *pool, bool *is_new, ctr_error *err)
{
	struct ctr__spawn *s;

	*is_new = false;
	while ((s = pop(pool))) {
		if (is_current(s))
			return s;
		discard(s);
	}
	*is_new = true;
	return prepare(pool, err);
}

/* NULL: it could not be; *again: it was of no use, and another one can be tried. */
static ctr_container *start(struct ctr__spawn *s, const ctr_given *given, bool *again,
			    ctr_error *err)
{
	ctr_container *c;
	int r;

	s->given = given;
	s->err = err;
	s->deadline = ctr__now_ms() + s->plan->timeout_ms;
	r = ctr__spawn_prepare_order(s);
	if (r == 0)
		r = ctr__spawn_order(s, *again);
	*again = r > 0;
	if (r) {
		discard(s);
		return NULL;
	}
	c = ctr__spawn_finish(s);
	free(s);
	return c;
}

CTR_EXPORT ctr_container *ctr_pool_take(ctr_pool *pool, const ctr_given *given, ctr_error *err)
{
	ctr_container *c = NULL;
	bool again = true;

	if (check_use(pool, "take a child of the pool", err) ||
	    ctr__given_check(given, pool->plan, err))
		return NULL;
	while (!c && again) {
		bool is_new;
		struct ctr__spawn *s = choose(pool, &is_new, err);

		if (!s)
			return NULL;
		again = !is_new;
		c = start(s, given, &again, err);
	}
	return c;
}
