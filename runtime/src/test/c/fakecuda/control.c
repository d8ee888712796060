/* What a test sees and sets: the last call and launch, a forced status, injected and sticky errors. */
#include "fake.h"

static struct fake_call last_call;
static int recording_only;
static CUresult recording_status;
static char injected_name[64];
static CUresult injected_status, sticky_status;

struct fake_call *fake_last_call(void);
void fake_record_only(int on, int status);
void fake_inject(const char *name, int status);
void fake_reset(void);

struct fake_call *fake_last_call(void) {
    return &last_call;
}

/* Calls are kept and end at once with the status, their arguments untouched. */
void fake_record_only(int on, int status) {
    recording_only = on;
    recording_status = (CUresult) status;
}

/* The next call of that name fails; with a fault's status, every later call does too. */
void fake_inject(const char *name, int status) {
    strncpy(injected_name, name, sizeof injected_name - 1);
    injected_status = (CUresult) status;
}

void fake_reset(void) {
    recording_only = 0;
    injected_name[0] = 0;
    sticky_status = CUDA_SUCCESS;
    fake_reset_devices();
}

static int is_sticky(CUresult status) {
    return status >= 700 && status <= 719 && status != CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES
        && status != CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED && status != CUDA_ERROR_PEER_ACCESS_NOT_ENABLED;
}

static void keep(const char *name, size_t count, const uint64_t *arguments) {
    strncpy(last_call.name, name, sizeof last_call.name - 1);
    last_call.count = count;
    for (size_t i = 0; i < count; i++) last_call.arguments[i] = arguments[i];
}

int fake_enter(const char *name, size_t count, const uint64_t *arguments, CUresult *status) {
    keep(name, count, arguments);
    if (recording_only) {
        *status = recording_status;
        return 1;
    }
    if (sticky_status) {
        *status = sticky_status;
        return 1;
    }
    if (strcmp(name, injected_name)) return 0;
    *status = injected_status;
    injected_name[0] = 0;
    if (is_sticky(injected_status)) sticky_status = injected_status;
    return 1;
}

void *fake_object(enum kind kind, size_t bytes) {
    struct object *object = calloc(1, bytes);
    object->kind = kind;
    return object;
}

int fake_is(const void *handle, enum kind kind) {
    return handle && ((const struct object *) handle)->kind == kind;
}
