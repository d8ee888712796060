/* A cuBLASLt that only looks: it keeps what it is given, and answers a heuristic with a recognisable algorithm. */
#include "stub.h"

#if __has_include(<cublasLt.h>)
#include <cublasLt.h>
const char *stub_prototypes(void) { return "header"; }
#else
const char *stub_prototypes(void) { return "documentation"; }
typedef struct cublasLtContext *cublasLtHandle_t;
typedef int cublasStatus_t, cublasComputeType_t, cudaDataType, cudaDataType_t;
typedef int cublasLtMatmulDescAttributes_t, cublasLtMatrixLayoutAttribute_t, cublasLtMatmulPreferenceAttributes_t;
typedef struct CUstream_st *cudaStream_t;
typedef struct { uint64_t data[8]; } cublasLtMatmulAlgo_t;
typedef struct matmul_desc *cublasLtMatmulDesc_t;
typedef struct matrix_layout *cublasLtMatrixLayout_t;
typedef struct matmul_preference *cublasLtMatmulPreference_t;
typedef struct {
    cublasLtMatmulAlgo_t algo;
    size_t workspaceSize;
    cublasStatus_t state;
    float wavesCount;
    int reserved[4];
} cublasLtMatmulHeuristicResult_t;
size_t cublasLtGetVersion(void);
cublasStatus_t cublasLtCreate(cublasLtHandle_t *lightHandle);
cublasStatus_t cublasLtDestroy(cublasLtHandle_t lightHandle);
cublasStatus_t cublasLtMatmulDescCreate(cublasLtMatmulDesc_t *matmulDesc, cublasComputeType_t computeType, cudaDataType_t scaleType);
cublasStatus_t cublasLtMatmulDescDestroy(cublasLtMatmulDesc_t matmulDesc);
cublasStatus_t cublasLtMatmulDescSetAttribute(cublasLtMatmulDesc_t matmulDesc, cublasLtMatmulDescAttributes_t attr,
    const void *buf, size_t sizeInBytes);
cublasStatus_t cublasLtMatrixLayoutCreate(cublasLtMatrixLayout_t *matLayout, cudaDataType type, uint64_t rows, uint64_t cols, int64_t ld);
cublasStatus_t cublasLtMatrixLayoutDestroy(cublasLtMatrixLayout_t matLayout);
cublasStatus_t cublasLtMatrixLayoutSetAttribute(cublasLtMatrixLayout_t matLayout, cublasLtMatrixLayoutAttribute_t attr,
    const void *buf, size_t sizeInBytes);
cublasStatus_t cublasLtMatmulPreferenceCreate(cublasLtMatmulPreference_t *pref);
cublasStatus_t cublasLtMatmulPreferenceDestroy(cublasLtMatmulPreference_t pref);
cublasStatus_t cublasLtMatmulPreferenceSetAttribute(cublasLtMatmulPreference_t pref, cublasLtMatmulPreferenceAttributes_t attr,
    const void *buf, size_t sizeInBytes);
cublasStatus_t cublasLtMatmulAlgoGetHeuristic(cublasLtHandle_t lightHandle, cublasLtMatmulDesc_t operationDesc,
    cublasLtMatrixLayout_t Adesc, cublasLtMatrixLayout_t Bdesc, cublasLtMatrixLayout_t Cdesc, cublasLtMatrixLayout_t Ddesc,
    cublasLtMatmulPreference_t preference, int requestedAlgoCount, cublasLtMatmulHeuristicResult_t heuristicResultsArray[],
    int *returnAlgoCount);
cublasStatus_t cublasLtMatmul(cublasLtHandle_t lightHandle, cublasLtMatmulDesc_t computeDesc, const void *alpha,
    const void *A, cublasLtMatrixLayout_t Adesc, const void *B, cublasLtMatrixLayout_t Bdesc, const void *beta,
    const void *C, cublasLtMatrixLayout_t Cdesc, void *D, cublasLtMatrixLayout_t Ddesc, const cublasLtMatmulAlgo_t *algo,
    void *workspace, size_t workspaceSizeInBytes, cudaStream_t stream);
#endif

_Static_assert(sizeof(cublasLtMatmulHeuristicResult_t) == 96, "the layout that Java reads");

#define ALGORITHM(i) (0xa190000000000001ull + (i))

/* Handles count up, and those that were destroyed count down. */
static uint64_t next_handle = 0x5151515100000000ull;
static int alive, algorithms = 1, state;
int stub_alive(void) { return alive; }
void stub_heuristic(int count, int result) { algorithms = count; state = result; }

/* Every attribute that was set: object, attribute, value, bytes. */
static uint64_t attributes[64][4];
static int attributes_count;
int stub_attributes(void) { return attributes_count; }
uint64_t stub_attribute(int index, int part) { return attributes[index][part]; }

static void attribute(uint64_t object, int which, const void *value, size_t bytes) {
    uint64_t *row = attributes[attributes_count++];
    row[0] = object;
    row[1] = (uint64_t)which;
    row[2] = 0;
    memcpy(&row[2], value, bytes);
    row[3] = bytes;
}

/* Type, rows, columns and leading dimension of each layout. */
static uint64_t layouts[8][4];
static int layouts_count;
uint64_t stub_layout(int index, int part) { return layouts[index][part]; }

#define MADE(handle, status) ((status) == 0 ? (void)(alive++, *(handle) = (void *)++next_handle) : (void)0)
#define GONE(handle) (CALLED(), alive--, SEE_POINTER(handle), STATUS())

size_t cublasLtGetVersion(void) {
    CALLED();
    return 120603;
}

cublasStatus_t cublasLtCreate(cublasLtHandle_t *lightHandle) {
    CALLED();
    MADE(lightHandle, STATUS());
    return STATUS();
}

cublasStatus_t cublasLtDestroy(cublasLtHandle_t lightHandle) {
    return GONE(lightHandle);
}

cublasStatus_t cublasLtMatmulDescCreate(cublasLtMatmulDesc_t *matmulDesc, cublasComputeType_t computeType, cudaDataType_t scaleType) {
    CALLED();
    SEE_INT(computeType);
    SEE_INT(scaleType);
    MADE(matmulDesc, STATUS());
    return STATUS();
}

cublasStatus_t cublasLtMatmulDescDestroy(cublasLtMatmulDesc_t matmulDesc) {
    return GONE(matmulDesc);
}

cublasStatus_t cublasLtMatmulDescSetAttribute(cublasLtMatmulDesc_t matmulDesc, cublasLtMatmulDescAttributes_t attr,
    const void *buf, size_t sizeInBytes) {
    CALLED();
    attribute((uintptr_t)matmulDesc, (int)attr, buf, sizeInBytes);
    return STATUS();
}

cublasStatus_t cublasLtMatrixLayoutCreate(cublasLtMatrixLayout_t *matLayout, cudaDataType type, uint64_t rows, uint64_t cols, int64_t ld) {
    CALLED();
    SEE_INT(type);
    SEE(rows);
    SEE(cols);
    SEE(ld);
    memcpy(layouts[layouts_count++ % 8], stub_arguments, sizeof layouts[0]);
    MADE(matLayout, STATUS());
    return STATUS();
}

cublasStatus_t cublasLtMatrixLayoutDestroy(cublasLtMatrixLayout_t matLayout) {
    return GONE(matLayout);
}

cublasStatus_t cublasLtMatrixLayoutSetAttribute(cublasLtMatrixLayout_t matLayout, cublasLtMatrixLayoutAttribute_t attr,
    const void *buf, size_t sizeInBytes) {
    CALLED();
    attribute((uintptr_t)matLayout, (int)attr, buf, sizeInBytes);
    return STATUS();
}

cublasStatus_t cublasLtMatmulPreferenceCreate(cublasLtMatmulPreference_t *pref) {
    CALLED();
    MADE(pref, STATUS());
    return STATUS();
}

cublasStatus_t cublasLtMatmulPreferenceDestroy(cublasLtMatmulPreference_t pref) {
    return GONE(pref);
}

cublasStatus_t cublasLtMatmulPreferenceSetAttribute(cublasLtMatmulPreference_t pref, cublasLtMatmulPreferenceAttributes_t attr,
    const void *buf, size_t sizeInBytes) {
    CALLED();
    attribute((uintptr_t)pref, (int)attr, buf, sizeInBytes);
    return STATUS();
}

/* Kept apart, since the preference is destroyed before Java can look. */
static uint64_t heuristic_arguments[8];
uint64_t stub_heuristic_argument(int index) { return heuristic_arguments[index]; }

cublasStatus_t cublasLtMatmulAlgoGetHeuristic(cublasLtHandle_t lightHandle, cublasLtMatmulDesc_t operationDesc,
    cublasLtMatrixLayout_t Adesc, cublasLtMatrixLayout_t Bdesc, cublasLtMatrixLayout_t Cdesc, cublasLtMatrixLayout_t Ddesc,
    cublasLtMatmulPreference_t preference, int requestedAlgoCount, cublasLtMatmulHeuristicResult_t heuristicResultsArray[],
    int *returnAlgoCount) {
    CALLED();
    SEE_POINTER(lightHandle); SEE_POINTER(operationDesc); SEE_POINTER(Adesc); SEE_POINTER(Bdesc); SEE_POINTER(Cdesc);
    SEE_POINTER(Ddesc); SEE_POINTER(preference); SEE_INT(requestedAlgoCount);
    memcpy(heuristic_arguments, stub_arguments, sizeof heuristic_arguments);
    *returnAlgoCount = algorithms;
    if (algorithms > 0) {
        for (int i = 0; i < 8; i++)
            ((uint64_t *)&heuristicResultsArray[0].algo)[i] = ALGORITHM(i);
        heuristicResultsArray[0].workspaceSize = 0x1234560;
        heuristicResultsArray[0].state = state;
        heuristicResultsArray[0].wavesCount = 1;
    }
    return STATUS();
}

cublasStatus_t cublasLtMatmul(cublasLtHandle_t lightHandle, cublasLtMatmulDesc_t computeDesc, const void *alpha,
    const void *A, cublasLtMatrixLayout_t Adesc, const void *B, cublasLtMatrixLayout_t Bdesc, const void *beta,
    const void *C, cublasLtMatrixLayout_t Cdesc, void *D, cublasLtMatrixLayout_t Ddesc, const cublasLtMatmulAlgo_t *algo,
    void *workspace, size_t workspaceSizeInBytes, cudaStream_t stream) {
    uint32_t alpha_bits, beta_bits;
    int intact = 1;
    CALLED();
    memcpy(&alpha_bits, alpha, 4);
    memcpy(&beta_bits, beta, 4);
    for (int i = 0; i < 8; i++)
        intact &= ((const uint64_t *)algo)[i] == ALGORITHM(i);
    SEE_POINTER(lightHandle); SEE_POINTER(computeDesc); SEE(alpha_bits); SEE_POINTER(A); SEE_POINTER(Adesc); SEE_POINTER(B);
    SEE_POINTER(Bdesc); SEE(beta_bits); SEE_POINTER(C); SEE_POINTER(Cdesc); SEE_POINTER(D); SEE_POINTER(Ddesc); SEE_INT(intact);
    SEE_POINTER(workspace); SEE(workspaceSizeInBytes); SEE_POINTER(stream);
    return STATUS();
}
