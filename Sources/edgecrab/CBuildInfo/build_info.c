#include "build_info.h"

const char *const edgecrab_commit = EDGECRAB_COMMIT;
const char *const edgecrab_commit_date = EDGECRAB_COMMIT_DATE;
