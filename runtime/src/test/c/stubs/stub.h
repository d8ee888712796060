/* What the stand-ins share: they keep each argument of the last call as 64 bits, and answer with the status they were told. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static uint64_t stub_arguments[32];
static int stub_arguments_count;
static const char *stub_name = "";
static const char *stub_failing = "";
static int stub_failing_status;

#define CALLED() (stub_name = __func__, stub_arguments_count = 0)
#define SEE(x) (stub_arguments[stub_arguments_count++] = (uint64_t)(x))
/* Sign-extended, as Java widens its ints. */
#define SEE_INT(x) SEE((int64_t)(int)(x))
#define SEE_POINTER(x) SEE((uintptr_t)(x))
/* The status that was asked for this function, 0 otherwise. */
#define STATUS() (strcmp(stub_failing, __func__) == 0 ? stub_failing_status : 0)

const char *stub_called(void) { return stub_name; }
int stub_count(void) { return stub_arguments_count; }
uint64_t stub_argument(int index) { return stub_arguments[index]; }
void stub_fail(const char *function, int status) {
    stub_failing = strdup(function);
    stub_failing_status = status;
}
