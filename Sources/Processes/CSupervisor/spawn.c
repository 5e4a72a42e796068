#define _GNU_SOURCE
#include "supervisor.h"

#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>

int supervisor_spawn(pid_t *process, const int *descriptors, int count) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t signals;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  int error = 0;
  for (int number = 0; number < count && !error; number++) {
    error = posix_spawn_file_actions_adddup2(&actions, descriptors[number], number);
  }
  if (!error) error = posix_spawn_file_actions_addclosefrom_np(&actions, count);
  // In its own session it gets no signals of a terminal; signal handling is that of a shell's child.
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  sigfillset(&signals);
  posix_spawnattr_setsigdefault(&attributes, &signals);

  // No variables, which may contain secrets, but the one for finding libraries.
  const char *libraries = getenv("LD_LIBRARY_PATH");
  char variable[4096];
  const int length = snprintf(variable, sizeof variable, "LD_LIBRARY_PATH=%s", libraries ? libraries : "");
  char *variables[] = {libraries && length < (int)sizeof variable ? variable : NULL, NULL};
  char *arguments[] = {"edgecrab", supervisor_argument, NULL};
  if (!error) error = posix_spawn(process, "/proc/self/exe", &actions, &attributes, arguments, variables);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}
