#pragma once

// The commit that the program was built from, and its date; empty if the build was not told.
extern const char *_Nonnull const edgecrab_commit;
extern const char *_Nonnull const edgecrab_commit_date;
