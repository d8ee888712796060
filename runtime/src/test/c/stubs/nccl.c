/* An NCCL of one process that only looks. A communicator can be told to be under way for some polls, and to fail later. */
#include "stub.h"

#if __has_include(<nccl.h>)
#include <nccl.h>
const char *stub_prototypes(void) { return "header"; }
#define CONFIG_MAGIC NCCL_API_MAGIC
#else
const char *stub_prototypes(void) { return "documentation"; }
#define NCCL_UNIQUE_ID_BYTES 128
#define NCCL_CONFIG_UNDEF_INT INT32_MIN
#define CONFIG_MAGIC 0xcafebeef
typedef struct ncclComm *ncclComm_t;
typedef struct { char internal[NCCL_UNIQUE_ID_BYTES]; } ncclUniqueId;
typedef int ncclResult_t, ncclRedOp_t, ncclDataType_t;
typedef struct CUstream_st *cudaStream_t;
typedef struct {
    size_t size;
    unsigned int magic;
    unsigned int version;
    int blocking;
    int cgaClusterSize;
    int minCTAs;
    int maxCTAs;
    const char *netName;
    int splitShare;
} ncclConfig_t;
ncclResult_t ncclGetVersion(int *version);
ncclResult_t ncclGetUniqueId(ncclUniqueId *uniqueId);
ncclResult_t ncclCommInitRank(ncclComm_t *comm, int nranks, ncclUniqueId commId, int rank);
ncclResult_t ncclCommInitRankConfig(ncclComm_t *comm, int nranks, ncclUniqueId commId, int rank, ncclConfig_t *config);
ncclResult_t ncclCommFinalize(ncclComm_t comm);
ncclResult_t ncclCommDestroy(ncclComm_t comm);
ncclResult_t ncclCommAbort(ncclComm_t comm);
ncclResult_t ncclCommGetAsyncError(ncclComm_t comm, ncclResult_t *asyncError);
ncclResult_t ncclCommCount(const ncclComm_t comm, int *count);
ncclResult_t ncclCommUserRank(const ncclComm_t comm, int *rank);
const char *ncclGetErrorString(ncclResult_t result);
const char *ncclGetLastError(ncclComm_t comm);
ncclResult_t ncclAllReduce(const void *sendbuff, void *recvbuff, size_t count, ncclDataType_t datatype, ncclRedOp_t op,
    ncclComm_t comm, cudaStream_t stream);
ncclResult_t ncclBroadcast(const void *sendbuff, void *recvbuff, size_t count, ncclDataType_t datatype, int root,
    ncclComm_t comm, cudaStream_t stream);
ncclResult_t ncclAllGather(const void *sendbuff, void *recvbuff, size_t sendcount, ncclDataType_t datatype,
    ncclComm_t comm, cudaStream_t stream);
ncclResult_t ncclReduceScatter(const void *sendbuff, void *recvbuff, size_t recvcount, ncclDataType_t datatype, ncclRedOp_t op,
    ncclComm_t comm, cudaStream_t stream);
ncclResult_t ncclGroupStart(void);
ncclResult_t ncclGroupEnd(void);
#endif

#define COMMUNICATOR ((ncclComm_t)0x1a2b3c4d5e6f7081ull)
#define IN_PROGRESS 7

/* Polls that still answer "in progress", what the communicator answers after that, and all the calls so far. */
static int polls, settled, polled_in_group, group;
static char history[4096];
void stub_settle(int after, int status) { polls = after; settled = status; }
int stub_polled_in_group(void) { return polled_in_group; }
const char *stub_history(void) { return history; }

#define ENTER() (CALLED(), strcat(strcat(history, __func__), " "))
#define ANSWER() (STATUS() ? STATUS() : polls > 0 ? IN_PROGRESS : 0)

static void see_id(const ncclUniqueId *id) {
    uint64_t sum = 0;
    for (int i = 0; i < NCCL_UNIQUE_ID_BYTES; i++)
        sum += (uint64_t)(i + 1) * (unsigned char)id->internal[i];
    SEE(sum);
    SEE((unsigned char)id->internal[0]);
    SEE((unsigned char)id->internal[NCCL_UNIQUE_ID_BYTES - 1]);
}

ncclResult_t ncclGetVersion(int *version) {
    ENTER();
    *version = 22304;
    return STATUS();
}

ncclResult_t ncclGetUniqueId(ncclUniqueId *uniqueId) {
    ENTER();
    for (int i = 0; i < NCCL_UNIQUE_ID_BYTES; i++)
        uniqueId->internal[i] = (char)(255 - i);
    return STATUS();
}

ncclResult_t ncclCommInitRank(ncclComm_t *comm, int nranks, ncclUniqueId commId, int rank) {
    ENTER();
    SEE_INT(nranks);
    SEE_INT(rank);
    see_id(&commId);
    *comm = COMMUNICATOR;
    return STATUS();
}

ncclResult_t ncclCommInitRankConfig(ncclComm_t *comm, int nranks, ncclUniqueId commId, int rank, ncclConfig_t *config) {
    int undefined = NCCL_CONFIG_UNDEF_INT, tail;
    ENTER();
    SEE_INT(nranks);
    SEE_INT(rank);
    see_id(&commId);
    SEE(config->size);
    SEE_INT(config->magic == CONFIG_MAGIC);
    SEE(config->version);
    SEE_INT(config->blocking);
    SEE_INT(config->cgaClusterSize == undefined && config->minCTAs == undefined && config->maxCTAs == undefined
        && config->splitShare == undefined && config->netName == 0);
    memcpy(&tail, (char *)config + 44, 4);
    SEE_INT(tail == undefined);
    *comm = STATUS() ? 0 : COMMUNICATOR;
    return ANSWER();
}

#define ON_COMMUNICATOR(answer) (ENTER(), SEE_POINTER(comm), (answer))

ncclResult_t ncclCommFinalize(ncclComm_t comm) { return ON_COMMUNICATOR(ANSWER()); }
ncclResult_t ncclCommDestroy(ncclComm_t comm) { return ON_COMMUNICATOR(STATUS()); }
ncclResult_t ncclCommAbort(ncclComm_t comm) { return ON_COMMUNICATOR(STATUS()); }

ncclResult_t ncclCommGetAsyncError(ncclComm_t comm, ncclResult_t *asyncError) {
    CALLED();
    SEE_POINTER(comm);
    polled_in_group |= group;
    *asyncError = polls > 0 ? IN_PROGRESS : settled;
    polls -= polls > 0;
    return STATUS();
}

ncclResult_t ncclCommCount(const ncclComm_t comm, int *count) {
    *count = 12345678;
    return ON_COMMUNICATOR(STATUS());
}

ncclResult_t ncclCommUserRank(const ncclComm_t comm, int *rank) {
    *rank = 87654321;
    return ON_COMMUNICATOR(STATUS());
}

const char *ncclGetErrorString(ncclResult_t result) {
    static char text[64];
    strcpy(text, "the library's text of status ");
    text[strlen(text) + 1] = 0;
    text[strlen(text)] = (char)('0' + (int)result);
    return text;
}

const char *ncclGetLastError(ncclComm_t comm) {
    return comm == COMMUNICATOR ? "the cable of this communicator" : comm == 0 ? "the cable of none" : "a wrong communicator";
}

#define SEE_DATA(how) (ENTER(), SEE_POINTER(sendbuff), SEE_POINTER(recvbuff), SEE(COUNT), SEE_INT(datatype), how, \
    SEE_POINTER(comm), SEE_POINTER(stream), ANSWER())

#define COUNT count
ncclResult_t ncclAllReduce(const void *sendbuff, void *recvbuff, size_t count, ncclDataType_t datatype, ncclRedOp_t op,
    ncclComm_t comm, cudaStream_t stream) {
    return SEE_DATA(SEE_INT(op));
}

ncclResult_t ncclBroadcast(const void *sendbuff, void *recvbuff, size_t count, ncclDataType_t datatype, int root,
    ncclComm_t comm, cudaStream_t stream) {
    return SEE_DATA(SEE_INT(root));
}
#undef COUNT

#define COUNT sendcount
ncclResult_t ncclAllGather(const void *sendbuff, void *recvbuff, size_t sendcount, ncclDataType_t datatype,
    ncclComm_t comm, cudaStream_t stream) {
    return SEE_DATA((void)0);
}
#undef COUNT

#define COUNT recvcount
ncclResult_t ncclReduceScatter(const void *sendbuff, void *recvbuff, size_t recvcount, ncclDataType_t datatype, ncclRedOp_t op,
    ncclComm_t comm, cudaStream_t stream) {
    return SEE_DATA(SEE_INT(op));
}

ncclResult_t ncclGroupStart(void) {
    ENTER();
    group = 1;
    return STATUS();
}

ncclResult_t ncclGroupEnd(void) {
    ENTER();
    group = 0;
    return ANSWER();
}
