/* A process between the gateway and a program that it runs. It ends the program with all its descendants when the gateway
   asks for that or has ended, and lives until the last of them has ended.

   A program that links this file can be its own supervisor: if it is started with `supervisor_argument` as its only
   argument, it becomes one before `main` and before the Swift runtime starts. */
#ifndef SUPERVISOR_H
#define SUPERVISOR_H

#include <stdint.h>
#include <sys/types.h>

#define supervisor_argument "--supervise"

/* The descriptors of a supervisor, in addition to the standard streams of the program. It reads a plan from the control
   socket and writes one report to it. The end of that input asks it to end the program. The lock is optional. */
enum { supervisor_control = 3, supervisor_lock = 4 };

/* The program to run. After it, `size` bytes contain texts that end with NUL: the folder, the program with its arguments, and
   the variables as NAME=value. */
typedef struct {
  uint64_t open_files; /* the soft limit of the program's descriptors (RLIMIT_NOFILE) */
  uint32_t grace;      /* milliseconds between asking processes to end and killing them */
  uint32_t arguments;  /* the program is the first of them */
  uint32_t variables;
  uint32_t size;
} supervisor_plan;

/* The end of the program: an exit status, the number of a signal, or the errno of the call that failed. */
enum { supervisor_exited, supervisor_killed, supervisor_no_folder, supervisor_not_run, supervisor_failed };
typedef struct {
  int32_t kind;
  int32_t value;
} supervisor_report;

/* Starts the calling program as a supervisor. It has these descriptors as 0, 1, 2 and so on, and no others. Returns an errno,
   or 0. */
int supervisor_spawn(pid_t *process, const int *descriptors, int count);

#endif
