/* SPDX-License-Identifier: MIT */
/* What the setters of spec.c have stored, for compile.c to read. */
#ifndef CTR_SPEC_SPEC_H
#define CTR_SPEC_SPEC_H

#include <linux/filter.h>
#include <minictr/spec.h>
#include <stdbool.h>
#include <sys/resource.h>

#include "base/strv.h"
#include "cgroup/cgroup.h"
#include "cgroup/limits.h"
#include "primitives/idmap.h"
#include "spec/confine.h"

#define CTR__RLIMITS 16 /* RLIMIT_NLIMITS of Linux */
#define CTR__FD_MAX 65535

enum ctr__fd_source {
	CTR__FD_INHERIT, /* the caller's descriptor of that number at the spawn */
	CTR__FD_NULL,	 /* /dev/null */
	CTR__FD_GIVEN,	 /* the duplicate in fd */
};

struct ctr__spec_fd {
	int target;
	enum ctr__fd_source source;
	int fd;
	bool directory; /* it may be one */
};

enum ctr__spec_mount_kind {
	CTR__MOUNT_BIND,
	CTR__MOUNT_TMPFS,
	CTR__MOUNT_PROC,
	CTR__MOUNT_SYSFS,
	CTR__MOUNT_DEVPTS,
	CTR__MOUNT_MQUEUE,
	CTR__MOUNT_CGROUP,
	CTR__MOUNT_DEV,
	CTR__MOUNT_MASK,
};

struct ctr__spec_mount {
	enum ctr__spec_mount_kind kind;
	char *source; /* BIND only */
	char *target;
	uint32_t flags;
	uint32_t mode;	     /* TMPFS only */
	uint64_t size_bytes; /* TMPFS only */
};

struct ctr__spec_ns {
	uint32_t kind; /* CTR_NS_* */
	int mode;      /* CTR_NS_MODE_*; ignored if fd is not negative */
	int fd;	       /* to join; -1 if none */
	char *origin;  /* of fd, for people */
};

#define CTR__SPEC_NS_COUNT 5

enum ctr__seccomp_kind {
	CTR__SECCOMP_DEFAULT,
	CTR__SECCOMP_NONE,
	CTR__SECCOMP_LOG,
	CTR__SECCOMP_JSON,
	CTR__SECCOMP_BPF,
};

struct ctr__spec_seccomp {
	enum ctr__seccomp_kind kind;
	char *text;		   /* JSON */
	char *origin;		   /* the file it is from; NULL: none */
	struct sock_filter *insns; /* BPF */
	size_t n;
};

/* Whether an init comes before the program; AUTO: where it would be the first process. */
enum ctr__init_choice {
	CTR__INIT_AUTO,
	CTR__INIT_ON,
	CTR__INIT_OFF,
};

struct ctr_spec {
	ctr_error *failed; /* the first failure of a setter; limits and idmap have their own */
	struct ctr__strv args;
	struct ctr__strv env;	/* NAME=VALUE */
	struct ctr__strv unset; /* NAME=: defaults that are not wanted */
	char *cwd;
	char *rootfs; /* NULL: the default root */
	char *hostname;
	char *domainname;
	uint32_t base_mounts;
	struct ctr__spec_mount *mounts;
	size_t n_mounts;
	struct ctr__spec_fd *fds; /* ascending by target */
	size_t n_fds;
	struct ctr__spec_ns namespaces[CTR__SPEC_NS_COUNT];
	uint32_t uid, gid;
	char *user;  /* name or number to look up; NULL: it is uid and gid */
	char *group; /* of user; NULL: its primary one */
	uint32_t *groups;
	size_t n_groups;
	struct ctr__strv group_names; /* more groups, to look up */
	struct {
		bool set;
		struct rlimit64 limit;
	} rlimits[CTR__RLIMITS];
	uint64_t signal_mask;
	struct ctr__spec_seccomp seccomp;
	uint32_t userns;       /* CTR_USERNS_* */
	ctr_idmap idmap;       /* of a user namespace; empty: one id */
	uint64_t caps;	       /* the bounding set */
	uint64_t caps_asked;   /* by name: the caller must have them */
	uint64_t caps_ambient; /* for users other than root */
	ctr_limits limits;
	uint64_t wall_limit_ms, cpu_limit_ms; /* 0: none */
	uint64_t output_limit;		      /* bytes; 0: none */
	ctr_cgroup *cgroup;		      /* to be in, NULL: one of its own */
	char *cgroup_parent;		      /* NULL: where the caller is, or can be */
	struct ctr__confine confine;
	uint32_t umask;
	uint32_t setup_timeout_ms;
	int nice;
	bool set_nice;
	bool read_only;
	bool no_new_privs;
	enum ctr__init_choice init;
	bool tty;
	bool new_session;
	bool die_with_parent;
	bool helper_child;
	int accounting; /* CTR_ACCOUNTING_* */
	bool delegate;
	bool keyring; /* of its own */
	bool rootfs_idmap;
	bool disable_userns;
	bool secure_execution; /* a caller with AT_SECURE is meant */
	bool check_args;
	uint16_t rows, columns;
};

/* At the beginning of each setter: ctr__error_begin(). */
static inline int ctr__spec_begin(ctr_spec *spec, ctr_error **err)
{
	return ctr__error_begin(spec ? spec->failed : NULL, "spec", err);
}

/* 0, or -1: there is none, or a setter has failed. */
static inline int ctr__spec_check(const ctr_spec *spec, ctr_error *err)
{
	if (!spec)
		return ctr__error_missing(err, "spec");
	if (ctr__error_check(spec->limits.failed, err) || ctr__error_check(spec->idmap.failed, err))
		return -1;
	return ctr__error_check(spec->failed, err);
}

/* For ctr_spec_free() and ctr_spec_clone(): what user.c owns of a spec. */
void ctr__spec_clear_user(ctr_spec *spec);
void ctr__spec_forget_user(ctr_spec *copy);
int ctr__spec_copy_user(ctr_spec *to, const ctr_spec *from, ctr_error *err);

/* -1: out of memory, and to is as it was. */
int ctr__spec_seccomp_copy(struct ctr__spec_seccomp *to, const struct ctr__spec_seccomp *from);
void ctr__spec_seccomp_clear(struct ctr__spec_seccomp *seccomp);

/* -1 with an error that says why a directory is not passed to a program. */
int ctr__spec_refuse_directory(int fd, ctr_error *err);

/* The choice for one kind of namespace; NULL if the kind is not one of them. */
const struct ctr__spec_ns *ctr__spec_ns(const ctr_spec *spec, uint32_t kind);

#endif
