/* A cuBLAS that runs on host memory: products in plain loops over column-major matrices, sums in double and rounded once. */
#include "stub.h"
#include <math.h>

#if __has_include(<cublas_v2.h>)
#include <cublas_v2.h>
const char *stub_prototypes(void) { return "header"; }
#else
const char *stub_prototypes(void) { return "documentation"; }
typedef struct cublasContext *cublasHandle_t;
typedef int cublasStatus_t, cublasOperation_t, cublasMath_t, cublasComputeType_t, cublasGemmAlgo_t, cudaDataType, libraryPropertyType;
typedef struct CUstream_st *cudaStream_t;
cublasStatus_t cublasGetProperty(libraryPropertyType type, int *value);
cublasStatus_t cublasCreate_v2(cublasHandle_t *handle);
cublasStatus_t cublasDestroy_v2(cublasHandle_t handle);
cublasStatus_t cublasGetVersion_v2(cublasHandle_t handle, int *version);
cublasStatus_t cublasSetStream_v2(cublasHandle_t handle, cudaStream_t streamId);
cublasStatus_t cublasSetWorkspace_v2(cublasHandle_t handle, void *workspace, size_t workspaceSizeInBytes);
cublasStatus_t cublasSetMathMode(cublasHandle_t handle, cublasMath_t mode);
cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int m, int n, int k,
    const void *alpha, const void *A, cudaDataType Atype, int lda, const void *B, cudaDataType Btype, int ldb,
    const void *beta, void *C, cudaDataType Ctype, int ldc, cublasComputeType_t computeType, cublasGemmAlgo_t algo);
cublasStatus_t cublasGemmStridedBatchedEx(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int m, int n, int k,
    const void *alpha, const void *A, cudaDataType Atype, int lda, long long int strideA,
    const void *B, cudaDataType Btype, int ldb, long long int strideB,
    const void *beta, void *C, cudaDataType Ctype, int ldc, long long int strideC,
    int batchCount, cublasComputeType_t computeType, cublasGemmAlgo_t algo);
cublasStatus_t cublasGemmBatchedEx(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int m, int n, int k,
    const void *alpha, const void *const Aarray[], cudaDataType Atype, int lda, const void *const Barray[], cudaDataType Btype, int ldb,
    const void *beta, void *const Carray[], cudaDataType Ctype, int ldc,
    int batchCount, cublasComputeType_t computeType, cublasGemmAlgo_t algo);
#endif

#define HANDLE ((cublasHandle_t)0x1122334455667788ull)
#ifndef STUB_VERSION
#define STUB_VERSION 120603
#endif

/* Whether products are computed; otherwise their pointers are only looked at. */
static int computing;
void stub_compute(int on) { computing = on; }

static int bytes_of(int type) { return type == 0 ? 4 : 2; }

static double half_value(uint16_t bits) {
    int exponent = bits >> 10 & 31, fraction = bits & 1023;
    double magnitude = exponent == 0 ? ldexp(fraction, -24) : exponent == 31 ? (fraction ? NAN : INFINITY)
        : ldexp(1024 + fraction, exponent - 25);
    return bits >> 15 ? -magnitude : magnitude;
}

static double load(const void *at, int type) {
    uint16_t narrow;
    uint32_t wide;
    float value;
    if (type == 0) { memcpy(&value, at, 4); return value; }
    memcpy(&narrow, at, 2);
    if (type == 2) return half_value(narrow);
    wide = (uint32_t)narrow << 16;
    memcpy(&value, &wide, 4);
    return value;
}

static uint16_t to_bfloat(float value) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    return isnan(value) ? 0x7fff : (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

/* Nearest, ties to even: steps of 2^(exponent - 11), and a carry out of the fraction moves into the exponent by itself. */
static uint16_t to_half(double value) {
    int exponent;
    double bits;
    if (isnan(value)) return 0x7fff;
    frexp(value, &exponent);
    exponent = exponent < -13 ? -13 : exponent;
    bits = (exponent + 13) * 1024 + rint(ldexp(fabs(value), 11 - exponent));
    return (uint16_t)(bits > 0x7c00 ? 0x7c00 : bits) | (signbit(value) ? 0x8000 : 0);
}

static void store(void *at, int type, double value) {
    float wide = (float)value;
    uint16_t narrow;
    if (type == 0) { memcpy(at, &wide, 4); return; }
    narrow = type == 2 ? to_half(value) : to_bfloat(wide);
    memcpy(at, &narrow, 2);
}

static double element(const void *matrix, int type, int ld, int transposed, int row, int column) {
    size_t index = transposed ? (size_t)row * ld + column : (size_t)column * ld + row;
    return load((const char *)matrix + index * bytes_of(type), type);
}

static void multiply(int transa, int transb, int m, int n, int k, float alpha, const void *A, int Atype, int lda,
                     const void *B, int Btype, int ldb, float beta, void *C, int Ctype, int ldc) {
    for (int row = 0; row < m; row++) {
        for (int column = 0; column < n; column++) {
            char *at = (char *)C + ((size_t)column * ldc + row) * bytes_of(Ctype);
            double sum = 0;
            for (int i = 0; i < k; i++)
                sum += element(A, Atype, lda, transa, row, i) * element(B, Btype, ldb, transb, i, column);
            store(at, Ctype, alpha * sum + (beta == 0 ? 0 : beta * load(at, Ctype)));
        }
    }
}

/* What the library itself refuses. */
static int valid(int transa, int transb, int m, int n, int k, int lda, int ldb, int ldc) {
    return m >= 0 && n >= 0 && k >= 0 && lda >= (transa ? k : m) && ldb >= (transb ? n : k) && ldc >= m
        && lda >= 1 && ldb >= 1 && ldc >= 1;
}

static uint64_t bits_of(const void *scalar) {
    uint32_t bits;
    memcpy(&bits, scalar, 4);
    return bits;
}

static float float_of(const void *scalar) {
    float value;
    memcpy(&value, scalar, 4);
    return value;
}

cublasStatus_t cublasGetProperty(libraryPropertyType type, int *value) {
    CALLED();
    SEE_INT(type);
    *value = (int)type == 0 ? STUB_VERSION / 10000 : (int)type == 1 ? STUB_VERSION / 100 % 100 : STUB_VERSION % 100;
    return STATUS();
}

cublasStatus_t cublasCreate_v2(cublasHandle_t *handle) {
    CALLED();
    *handle = HANDLE;
    return STATUS();
}

cublasStatus_t cublasDestroy_v2(cublasHandle_t handle) {
    CALLED();
    SEE_POINTER(handle);
    return STATUS();
}

cublasStatus_t cublasGetVersion_v2(cublasHandle_t handle, int *version) {
    CALLED();
    SEE_POINTER(handle);
    *version = STUB_VERSION;
    return STATUS();
}

cublasStatus_t cublasSetStream_v2(cublasHandle_t handle, cudaStream_t streamId) {
    CALLED();
    SEE_POINTER(handle);
    SEE_POINTER(streamId);
    return STATUS();
}

cublasStatus_t cublasSetWorkspace_v2(cublasHandle_t handle, void *workspace, size_t workspaceSizeInBytes) {
    CALLED();
    SEE_POINTER(handle);
    SEE_POINTER(workspace);
    SEE(workspaceSizeInBytes);
    return STATUS();
}

cublasStatus_t cublasSetMathMode(cublasHandle_t handle, cublasMath_t mode) {
    CALLED();
    SEE_POINTER(handle);
    SEE_INT(mode);
    return STATUS();
}

#define SEE_SHAPE() (SEE_POINTER(handle), SEE_INT(transa), SEE_INT(transb), SEE_INT(m), SEE_INT(n), SEE_INT(k))

cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int m, int n, int k,
    const void *alpha, const void *A, cudaDataType Atype, int lda, const void *B, cudaDataType Btype, int ldb,
    const void *beta, void *C, cudaDataType Ctype, int ldc, cublasComputeType_t computeType, cublasGemmAlgo_t algo) {
    CALLED();
    SEE_SHAPE();
    SEE(bits_of(alpha)); SEE_POINTER(A); SEE_INT(Atype); SEE_INT(lda); SEE_POINTER(B); SEE_INT(Btype); SEE_INT(ldb);
    SEE(bits_of(beta)); SEE_POINTER(C); SEE_INT(Ctype); SEE_INT(ldc); SEE_INT(computeType); SEE_INT(algo);
    if (computing) {
        if (!valid(transa, transb, m, n, k, lda, ldb, ldc)) return 7;
        multiply(transa, transb, m, n, k, float_of(alpha), A, Atype, lda, B, Btype, ldb, float_of(beta), C, Ctype, ldc);
    }
    return STATUS();
}

cublasStatus_t cublasGemmStridedBatchedEx(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int m, int n, int k,
    const void *alpha, const void *A, cudaDataType Atype, int lda, long long int strideA,
    const void *B, cudaDataType Btype, int ldb, long long int strideB,
    const void *beta, void *C, cudaDataType Ctype, int ldc, long long int strideC,
    int batchCount, cublasComputeType_t computeType, cublasGemmAlgo_t algo) {
    CALLED();
    SEE_SHAPE();
    SEE(bits_of(alpha)); SEE_POINTER(A); SEE_INT(Atype); SEE_INT(lda); SEE(strideA);
    SEE_POINTER(B); SEE_INT(Btype); SEE_INT(ldb); SEE(strideB);
    SEE(bits_of(beta)); SEE_POINTER(C); SEE_INT(Ctype); SEE_INT(ldc); SEE(strideC);
    SEE_INT(batchCount); SEE_INT(computeType); SEE_INT(algo);
    for (int i = 0; computing && i < batchCount; i++) {
        if (!valid(transa, transb, m, n, k, lda, ldb, ldc)) return 7;
        multiply(transa, transb, m, n, k, float_of(alpha), (const char *)A + i * strideA * bytes_of(Atype), Atype, lda,
                 (const char *)B + i * strideB * bytes_of(Btype), Btype, ldb, float_of(beta),
                 (char *)C + i * strideC * bytes_of(Ctype), Ctype, ldc);
    }
    return STATUS();
}

cublasStatus_t cublasGemmBatchedEx(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int m, int n, int k,
    const void *alpha, const void *const Aarray[], cudaDataType Atype, int lda, const void *const Barray[], cudaDataType Btype, int ldb,
    const void *beta, void *const Carray[], cudaDataType Ctype, int ldc,
    int batchCount, cublasComputeType_t computeType, cublasGemmAlgo_t algo) {
    CALLED();
    SEE_SHAPE();
    SEE(bits_of(alpha)); SEE_POINTER(Aarray); SEE_INT(Atype); SEE_INT(lda); SEE_POINTER(Barray); SEE_INT(Btype); SEE_INT(ldb);
    SEE(bits_of(beta)); SEE_POINTER(Carray); SEE_INT(Ctype); SEE_INT(ldc); SEE_INT(batchCount); SEE_INT(computeType); SEE_INT(algo);
    for (int i = 0; computing && i < batchCount; i++) {
        if (!valid(transa, transb, m, n, k, lda, ldb, ldc)) return 7;
        multiply(transa, transb, m, n, k, float_of(alpha), Aarray[i], Atype, lda, Barray[i], Btype, ldb, float_of(beta),
                 Carray[i], Ctype, ldc);
    }
    return STATUS();
}
