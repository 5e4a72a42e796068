/* A process between the gateway and a program that it runs. It ends the program with all its descendants when the
   gateway asks for it or is gone, and outlives the last of them.

   Every program that links this file is its own supervisor: it becomes one when it is started with `supervisor_argument`
   alone, before `main` and before anything of Swift's is set up. */
#ifndef SUPERVISOR_H
#define SUPERVISOR_H

#include <stdint.h>
#include <sys/types.h>

#define supervisor_argument "--supervise"

/* The descriptors of a supervisor beside the program's standard streams. It reads a plan from the control socket, and
   writes one report to it. The end of what it can read there asks it to end the program. The lock is optional: it is only
   held. */
enum { supervisor_control = 3, supervisor_lock = 4 };

/* What to run. Behind it, `size` bytes hold texts, each with its NUL: the folder, the program with its arguments, and the
   variables as NAME=value. */
typedef struct {
  uint64_t open_files; /* the soft limit of the program's descriptors (RLIMIT_NOFILE) */
  uint32_t grace;      /* milliseconds between asking processes to end and killing them */
  uint32_t arguments;  /* the program is the first of them */
  uint32_t variables;
  uint32_t size;
} supervisor_plan;

/* How it went: an exit status, a signal's number, or the error number of what failed. */
enum { supervisor_exited, supervisor_killed, supervisor_no_folder, supervisor_not_run, supervisor_failed };
typedef struct {
  int32_t kind;
  int32_t value;
} supervisor_report;

/* Starts a supervisor, which is the program that calls this. It has these descriptors under the numbers from 0 on, and no
   others. Returns an error number. */
int supervisor_spawn(pid_t *process, const int *descriptors, int count);

#endif
