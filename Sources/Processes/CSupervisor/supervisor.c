#define _GNU_SOURCE
#include "supervisor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A plan with its texts. */
typedef struct {
  supervisor_plan facts;
  const char *folder;
  char **arguments;
  char **variables;
} plan;

static void report(int32_t kind, int32_t value) {
  const supervisor_report all = {kind, value};
  send(supervisor_control, &all, sizeof all, MSG_NOSIGNAL);
}

/* MARK: Reading the plan */

static bool read_all(void *place, size_t size) {
  for (size_t count = 0; count < size;) {
    const ssize_t more = read(supervisor_control, (char *)place + count, size - count);
    if (more == 0 || (more < 0 && errno != EINTR)) return false;
    if (more > 0) count += (size_t)more;
  }
  return true;
}

/* Returns the text at a position and advances the position; past the end, an empty one. */
static char *next_text(char **place, char *end) {
  char *text = *place;
  if (text >= end) return end;
  *place = text + strlen(text) + 1;
  return text;
}

static bool read_plan(plan *plan) {
  if (!read_all(&plan->facts, sizeof plan->facts)) return false;
  char *place = calloc(1, (size_t)plan->facts.size + 1);
  plan->arguments = calloc((size_t)plan->facts.arguments + 1, sizeof(char *));
  plan->variables = calloc((size_t)plan->facts.variables + 1, sizeof(char *));
  if (!place || !plan->arguments || !plan->variables || !read_all(place, plan->facts.size)) return false;
  char *end = place + plan->facts.size;
  plan->folder = next_text(&place, end);
  for (uint32_t i = 0; i < plan->facts.arguments; i++) plan->arguments[i] = next_text(&place, end);
  for (uint32_t i = 0; i < plan->facts.variables; i++) plan->variables[i] = next_text(&place, end);
  return true;
}

/* MARK: Starting the program */

static const char *search_path(char **variables) {
  for (; *variables; variables++) {
    if (strncmp(*variables, "PATH=", 5) == 0) return *variables + 5;
  }
  return "/usr/local/bin:/usr/bin:/bin";
}

/* Executes the program, searched for in its own PATH. Returns an errno if that fails. */
static int run(const plan *plan) {
  const char *name = plan->arguments[0];
  if (strchr(name, '/')) {
    execve(name, plan->arguments, plan->variables);
    return errno;
  }
  int error = ENOENT;
  for (const char *folder = search_path(plan->variables); *name;) {
    const size_t length = strcspn(folder, ":");
    char path[PATH_MAX];
    const int written = snprintf(path, sizeof path, "%.*s%s%s", (int)length, folder, length ? "/" : "", name);
    if (written > 0 && (size_t)written < sizeof path) {
      execve(path, plan->arguments, plan->variables);
      // The error for a program that may not be run, unless a later folder has one that may.
      if (errno == EACCES) error = EACCES;
      else if (errno != ENOENT && errno != ENOTDIR) return errno;
    }
    if (!folder[length]) break;
    folder += length + 1;
  }
  return error;
}

/* Turns the new process into the program. Writes the reason to `failures` if that fails. */
static _Noreturn void become_program(const plan *plan, pid_t supervisor, int failures) {
  setpgid(0, 0);
  // A supervisor that is killed cannot end the program.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != supervisor) _exit(127);
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == 0 && plan->facts.open_files < files.rlim_max) {
    files.rlim_cur = plan->facts.open_files;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  supervisor_report failure = {supervisor_no_folder, 0};
  if (chdir(plan->folder) != 0) failure.value = errno;
  else failure = (supervisor_report){supervisor_not_run, run(plan)};
  if (write(failures, &failure, sizeof failure) < 0) _exit(126);
  _exit(127);
}

/* Starts the program. Returns its process id, or 0 after reporting a failure. */
static pid_t start(const plan *plan) {
  int failures[2];
  if (pipe2(failures, O_CLOEXEC) != 0) return report(supervisor_failed, errno), 0;
  const pid_t supervisor = getpid();
  const pid_t program = fork();
  if (program == 0) become_program(plan, supervisor, failures[1]);
  if (program < 0) return report(supervisor_failed, errno), 0;
  // Only the program may have its streams, so that their ends are seen at the other side.
  for (int number = 0; number < supervisor_control; number++) close(number);
  close(failures[1]);
  supervisor_report failure = {supervisor_failed, EIO};
  ssize_t count;
  do count = read(failures[0], &failure, sizeof failure);
  while (count < 0 && errno == EINTR);
  close(failures[0]);
  if (count == 0) return program;
  if (count < 0) kill(program, SIGKILL);
  waitpid(program, NULL, 0);
  report(failure.kind, failure.value);
  return 0;
}

/* MARK: The tree of processes */

/* Processes that are looked at in one go. */
enum { pids_max = 1 << 16 };

typedef struct {
  pid_t *pids;
  size_t count, room;
} pid_list;

static void add(pid_list *list, pid_t pid) {
  if (list->count == list->room) {
    const size_t room = list->room ? 2 * list->room : 64;
    pid_t *pids = room > pids_max ? NULL : realloc(list->pids, room * sizeof(pid_t));
    // Those left out are found when the others are gone.
    if (!pids) return;
    list->pids = pids;
    list->room = room;
  }
  list->pids[list->count++] = pid;
}

/* Adds the children of a process that /proc/PID/task/TID/children names. */
static void add_listed_children(pid_list *list, pid_t parent) {
  char path[PATH_MAX];
  snprintf(path, sizeof path, "/proc/%d/task", parent);
  DIR *tasks = opendir(path);
  if (!tasks) return;
  for (struct dirent *task; (task = readdir(tasks));) {
    if (task->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "/proc/%d/task/%s/children", parent, task->d_name);
    FILE *children = fopen(path, "re");
    if (!children) continue;
    for (int pid; fscanf(children, "%d", &pid) == 1;) add(list, pid);
    fclose(children);
  }
  closedir(tasks);
}

/* The parent of a process, or 0. */
static pid_t parent_of(const char *pid) {
  char path[PATH_MAX], line[512];
  snprintf(path, sizeof path, "/proc/%s/stat", pid);
  FILE *file = fopen(path, "re");
  if (!file) return 0;
  const size_t length = fread(line, 1, sizeof line - 1, file);
  fclose(file);
  line[length] = 0;
  // The name before it is in parentheses and may contain any character.
  const char *place = strrchr(line, ')');
  int parent = 0;
  return place && sscanf(place, ") %*c %d", &parent) == 1 ? parent : 0;
}

/* Adds the children of a process, found among all processes: for kernels without CONFIG_PROC_CHILDREN. */
static void add_found_children(pid_list *list, pid_t parent) {
  DIR *all = opendir("/proc");
  if (!all) return;
  for (struct dirent *entry; (entry = readdir(all));) {
    const int pid = atoi(entry->d_name);
    if (pid > 0 && parent_of(entry->d_name) == parent) add(list, pid);
  }
  closedir(all);
}

static void add_children(pid_list *list, pid_t parent) {
  if (access("/proc/thread-self/children", R_OK) == 0) add_listed_children(list, parent);
  else add_found_children(list, parent);
}

/* Sends SIGTERM to all descendants. Those that are missed because they start meanwhile are killed later. */
static void terminate_descendants(void) {
  pid_list list = {0};
  add_children(&list, getpid());
  for (size_t i = 0; i < list.count; i++) add_children(&list, list.pids[i]);
  for (size_t i = 0; i < list.count; i++) kill(list.pids[i], SIGTERM);
  free(list.pids);
}

/* Kills all children with their process groups. Their own children then become ours (PR_SET_CHILD_SUBREAPER) and are next.
   Process ids are not reused: a child has its own, and that of its group, until it is waited for. The system lets no process
   of a group that is being killed fork. */
static void kill_children(void) {
  pid_list list = {0};
  add_children(&list, getpid());
  for (size_t i = 0; i < list.count; i++) {
    const pid_t group = getpgid(list.pids[i]);
    if (group > 1 && group != getpgrp()) kill(-group, SIGKILL);
    kill(list.pids[i], SIGKILL);
  }
  free(list.pids);
}

/* MARK: Waiting for the end */

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Returns whether a signal has arrived that asks a process to end. */
static bool was_asked_to_end(int signals) {
  bool asked = false;
  for (struct signalfd_siginfo signal; read(signals, &signal, sizeof signal) == sizeof signal;) {
    if (signal.ssi_signo != SIGCHLD) asked = true;
  }
  return asked;
}

/* Returns when the last process is gone. */
static void tend(pid_t program, int64_t grace, int signals) {
  enum { running, ending, killing } phase = running;
  int64_t deadline = 0;
  int pause = 1;
  struct pollfd watched[] = {{supervisor_control, POLLIN, 0}, {signals, POLLIN, 0}};
  while (true) {
    int status;
    pid_t over;
    while ((over = waitpid(-1, &status, WNOHANG)) > 0) {
      if (over != program) continue;
      if (WIFEXITED(status)) report(supervisor_exited, WEXITSTATUS(status));
      else report(supervisor_killed, WTERMSIG(status));
      // Processes that it left running may finish, such as a filter of its output, but not stay.
      if (phase == running) phase = ending, deadline = now() + grace;
    }
    if (over < 0 && errno == ECHILD) return;

    int64_t timeout = -1;
    if (phase == ending && (timeout = deadline - now()) <= 0) phase = killing;
    if (phase == killing) {
      kill_children();
      // Each death wakes us earlier. A process that cannot be killed, as of another user, is tried again after a pause.
      timeout = pause;
      if (pause < 100) pause *= 2;
    }
    poll(watched, 2, (int)timeout);
    const bool asked = watched[1].revents && was_asked_to_end(signals);
    const bool alone = watched[0].revents != 0;
    if (alone) watched[0].fd = -1;
    if (phase == running && (asked || alone)) {
      terminate_descendants();
      phase = ending, deadline = now() + grace;
    }
  }
}

static void supervise(void) {
  plan plan = {0};
  fcntl(supervisor_control, F_SETFD, FD_CLOEXEC);
  fcntl(supervisor_lock, F_SETFD, FD_CLOEXEC);
  prctl(PR_SET_NAME, "edgecrab-superv");
  if (!read_plan(&plan)) return;
  if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) return report(supervisor_failed, errno);
  sigset_t awaited;
  sigemptyset(&awaited);
  for (const int *number = (const int[]){SIGCHLD, SIGTERM, SIGINT, SIGHUP, 0}; *number; number++) {
    sigaddset(&awaited, *number);
  }
  sigprocmask(SIG_BLOCK, &awaited, NULL);
  const int signals = signalfd(-1, &awaited, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals < 0) return report(supervisor_failed, errno);
  const pid_t program = start(&plan);
  if (program) tend(program, plan.facts.grace, signals);
}

__attribute__((constructor)) static void become_supervisor_if_asked(int count, char **arguments) {
  struct stat control;
  if (count != 2 || strcmp(arguments[1], supervisor_argument) != 0) return;
  // On a command line, it is an ordinary argument.
  if (fstat(supervisor_control, &control) != 0 || !S_ISSOCK(control.st_mode)) return;
  supervise();
  _exit(0);
}
