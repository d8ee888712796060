/* An NVRTC that compiles nothing: its "PTX" spells out what it was given. */
#include "stub.h"
#include <stdio.h>

#if __has_include(<nvrtc.h>)
#include <nvrtc.h>
const char *stub_prototypes(void) { return "header"; }
#else
const char *stub_prototypes(void) { return "documentation"; }
typedef struct _nvrtcProgram *nvrtcProgram;
typedef int nvrtcResult;
nvrtcResult nvrtcVersion(int *major, int *minor);
nvrtcResult nvrtcCreateProgram(nvrtcProgram *prog, const char *src, const char *name, int numHeaders,
    const char *const *headers, const char *const *includeNames);
nvrtcResult nvrtcDestroyProgram(nvrtcProgram *prog);
nvrtcResult nvrtcAddNameExpression(nvrtcProgram prog, const char *const name_expression);
nvrtcResult nvrtcCompileProgram(nvrtcProgram prog, int numOptions, const char *const *options);
nvrtcResult nvrtcGetProgramLogSize(nvrtcProgram prog, size_t *logSizeRet);
nvrtcResult nvrtcGetProgramLog(nvrtcProgram prog, char *log);
nvrtcResult nvrtcGetPTXSize(nvrtcProgram prog, size_t *ptxSizeRet);
nvrtcResult nvrtcGetPTX(nvrtcProgram prog, char *ptx);
nvrtcResult nvrtcGetCUBINSize(nvrtcProgram prog, size_t *cubinSizeRet);
nvrtcResult nvrtcGetCUBIN(nvrtcProgram prog, char *cubin);
nvrtcResult nvrtcGetLoweredName(nvrtcProgram prog, const char *const name_expression, const char **lowered_name);
#endif

#define PROGRAM ((nvrtcProgram)0x0123456789abcdefull)
static const char LOG[] = "kernel.cu(3): what the compiler says";
static const char CUBIN[] = {0x7f, 'E', 'L', 'F', 0, 1, 0, 0};

static char ptx[8192];
static int compiled, alive;
int stub_compiled(void) { return compiled; }
int stub_alive(void) { return alive; }

/* The status asked for, or that a wrong program was handed over. */
#define OF_PROGRAM() (CALLED(), prog == PROGRAM ? STATUS() : 4)

nvrtcResult nvrtcVersion(int *major, int *minor) {
    CALLED();
    *major = 12;
    *minor = 6;
    return STATUS();
}

nvrtcResult nvrtcCreateProgram(nvrtcProgram *prog, const char *src, const char *name, int numHeaders,
    const char *const *headers, const char *const *includeNames) {
    CALLED();
    SEE_INT(numHeaders);
    SEE_POINTER(headers);
    SEE_POINTER(includeNames);
    if (STATUS()) return STATUS();
    snprintf(ptx, sizeof ptx, "[%s][%s]", name, src);
    *prog = PROGRAM;
    alive++;
    return 0;
}

nvrtcResult nvrtcDestroyProgram(nvrtcProgram *prog) {
    CALLED();
    alive -= *prog == PROGRAM;
    return STATUS();
}

nvrtcResult nvrtcAddNameExpression(nvrtcProgram prog, const char *const name_expression) {
    strcat(strcat(ptx, "+"), name_expression);
    return OF_PROGRAM();
}

nvrtcResult nvrtcCompileProgram(nvrtcProgram prog, int numOptions, const char *const *options) {
    for (int i = 0; i < numOptions; i++)
        strcat(strcat(ptx, "|"), options[i]);
    compiled++;
    return OF_PROGRAM();
}

nvrtcResult nvrtcGetProgramLogSize(nvrtcProgram prog, size_t *logSizeRet) {
    *logSizeRet = sizeof LOG;
    return OF_PROGRAM();
}

nvrtcResult nvrtcGetProgramLog(nvrtcProgram prog, char *log) {
    memcpy(log, LOG, sizeof LOG);
    return OF_PROGRAM();
}

nvrtcResult nvrtcGetPTXSize(nvrtcProgram prog, size_t *ptxSizeRet) {
    *ptxSizeRet = strlen(ptx) + 1;
    return OF_PROGRAM();
}

nvrtcResult nvrtcGetPTX(nvrtcProgram prog, char *text) {
    strcpy(text, ptx);
    return OF_PROGRAM();
}

nvrtcResult nvrtcGetCUBINSize(nvrtcProgram prog, size_t *cubinSizeRet) {
    *cubinSizeRet = strstr(ptx, "=sm_") ? sizeof CUBIN : 0;
    return OF_PROGRAM();
}

nvrtcResult nvrtcGetCUBIN(nvrtcProgram prog, char *cubin) {
    memcpy(cubin, CUBIN, sizeof CUBIN);
    return OF_PROGRAM();
}

nvrtcResult nvrtcGetLoweredName(nvrtcProgram prog, const char *const name_expression, const char **lowered_name) {
    static char names[16][128];
    static int next;
    char *name = names[next++ % 16];
    snprintf(name, sizeof names[0], "_Z_%s", name_expression);
    *lowered_name = name;
    return OF_PROGRAM();
}
