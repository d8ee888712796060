/* Streams, whose work runs at once or is captured; events; graphs, which run it later. */
#include "fake.h"
#include <time.h>

struct CUevent_st {
    struct object object;
    int timed, recorded;
    struct timespec when;
};

static struct CUstream_st default_stream = {.object = {STREAM}};

CUstream fake_stream(CUstream stream) {
    if (!stream) return &default_stream;
    return fake_is(stream, STREAM) ? stream : NULL;
}

/* The stream where it may be waited for; waiting for one that is being captured makes the capture useless. */
static CUresult waitable(CUstream stream) {
    stream = fake_stream(stream);
    REQUIRE(stream, CUDA_ERROR_INVALID_HANDLE);
    REQUIRE(fake_current(), CUDA_ERROR_INVALID_CONTEXT);
    if (stream->captured) {
        stream->invalidated = 1;
        return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    }
    return CUDA_SUCCESS;
}

CUresult fake_submit(CUstream stream, const struct operation *operation) {
    stream = fake_stream(stream);
    REQUIRE(stream, CUDA_ERROR_INVALID_HANDLE);
    CUgraph graph = stream->captured;
    if (!graph) {
        fake_run(operation);
        return CUDA_SUCCESS;
    }
    graph->operations = realloc(graph->operations, (graph->count + 1) * sizeof *operation);
    graph->operations[graph->count++] = *operation;
    return CUDA_SUCCESS;
}

CUresult cuStreamCreate(CUstream *stream, unsigned int flags) {
    ENTER(P(stream), U(flags));
    REQUIRE(fake_current(), CUDA_ERROR_INVALID_CONTEXT);
    REQUIRE(flags == CU_STREAM_NON_BLOCKING, CUDA_ERROR_INVALID_VALUE);
    *stream = fake_object(STREAM, sizeof **stream);
    return CUDA_SUCCESS;
}

CUresult cuStreamDestroy_v2(CUstream stream) {
    ENTER(P(stream));
    REQUIRE(fake_is(stream, STREAM), CUDA_ERROR_INVALID_HANDLE);
    stream->object.kind = DEAD;
    return CUDA_SUCCESS;
}

CUresult cuStreamSynchronize(CUstream stream) {
    ENTER(P(stream));
    return waitable(stream);
}

CUresult cuStreamQuery(CUstream stream) {
    ENTER(P(stream));
    return waitable(stream);
}

CUresult cuStreamWaitEvent(CUstream stream, CUevent event, unsigned int flags) {
    ENTER(P(stream), P(event), U(flags));
    REQUIRE(fake_stream(stream) && fake_is(event, EVENT), CUDA_ERROR_INVALID_HANDLE);
    return flags ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

CUresult cuEventCreate(CUevent *event, unsigned int flags) {
    ENTER(P(event), U(flags));
    REQUIRE(fake_current(), CUDA_ERROR_INVALID_CONTEXT);
    REQUIRE(flags == CU_EVENT_DEFAULT || flags == CU_EVENT_DISABLE_TIMING, CUDA_ERROR_INVALID_VALUE);
    *event = fake_object(EVENT, sizeof **event);
    (*event)->timed = flags == CU_EVENT_DEFAULT;
    return CUDA_SUCCESS;
}

CUresult cuEventDestroy_v2(CUevent event) {
    ENTER(P(event));
    REQUIRE(fake_is(event, EVENT), CUDA_ERROR_INVALID_HANDLE);
    event->object.kind = DEAD;
    return CUDA_SUCCESS;
}

CUresult cuEventRecord(CUevent event, CUstream stream) {
    ENTER(P(event), P(stream));
    REQUIRE(fake_is(event, EVENT) && fake_stream(stream), CUDA_ERROR_INVALID_HANDLE);
    clock_gettime(CLOCK_MONOTONIC, &event->when);
    event->recorded = 1;
    return CUDA_SUCCESS;
}

CUresult cuEventSynchronize(CUevent event) {
    ENTER(P(event));
    return fake_is(event, EVENT) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

CUresult cuEventQuery(CUevent event) {
    ENTER(P(event));
    return fake_is(event, EVENT) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

CUresult cuEventElapsedTime(float *milliseconds, CUevent start, CUevent end) {
    ENTER(P(milliseconds), P(start), P(end));
    REQUIRE(fake_is(start, EVENT) && fake_is(end, EVENT), CUDA_ERROR_INVALID_HANDLE);
    REQUIRE(start->timed && end->timed && start->recorded && end->recorded, CUDA_ERROR_INVALID_HANDLE);
    *milliseconds = (float) ((double) (end->when.tv_sec - start->when.tv_sec) * 1e3
        + (double) (end->when.tv_nsec - start->when.tv_nsec) / 1e6);
    return CUDA_SUCCESS;
}

CUresult cuStreamBeginCapture_v2(CUstream stream, CUstreamCaptureMode mode) {
    ENTER(P(stream), U(mode));
    REQUIRE(fake_is(stream, STREAM), stream ? CUDA_ERROR_INVALID_HANDLE : CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
    REQUIRE(mode == CU_STREAM_CAPTURE_MODE_THREAD_LOCAL, CUDA_ERROR_INVALID_VALUE);
    REQUIRE(!stream->captured, CUDA_ERROR_ILLEGAL_STATE);
    stream->captured = fake_object(GRAPH, sizeof *stream->captured);
    stream->invalidated = 0;
    return CUDA_SUCCESS;
}

CUresult cuStreamIsCapturing(CUstream stream, CUstreamCaptureStatus *status) {
    ENTER(P(stream), P(status));
    stream = fake_stream(stream);
    REQUIRE(stream, CUDA_ERROR_INVALID_HANDLE);
    *status = stream->captured ? CU_STREAM_CAPTURE_STATUS_ACTIVE : CU_STREAM_CAPTURE_STATUS_NONE;
    return CUDA_SUCCESS;
}

CUresult cuStreamEndCapture(CUstream stream, CUgraph *graph) {
    ENTER(P(stream), P(graph));
    REQUIRE(fake_is(stream, STREAM), CUDA_ERROR_INVALID_HANDLE);
    REQUIRE(stream->captured, CUDA_ERROR_ILLEGAL_STATE);
    *graph = stream->invalidated ? NULL : stream->captured;
    stream->captured = NULL;
    return stream->invalidated ? CUDA_ERROR_STREAM_CAPTURE_INVALIDATED : CUDA_SUCCESS;
}

static void take(struct CUgraph_st *to, const struct CUgraph_st *from) {
    size_t bytes = from->count * sizeof *from->operations;
    to->operations = realloc(to->operations, bytes + 1);
    if (bytes) memcpy(to->operations, from->operations, bytes);
    to->count = from->count;
}

CUresult cuGraphInstantiateWithFlags(CUgraphExec *executable, CUgraph graph, unsigned long long flags) {
    ENTER(P(executable), P(graph), flags);
    REQUIRE(fake_is(graph, GRAPH) && !flags, CUDA_ERROR_INVALID_VALUE);
    *executable = fake_object(GRAPH_EXEC, sizeof **executable);
    take(&(*executable)->work, graph);
    return CUDA_SUCCESS;
}

static int have_one_shape(const struct CUgraph_st *a, const struct CUgraph_st *b) {
    if (a->count != b->count) return 0;
    for (size_t i = 0; i < a->count; i++) {
        if (a->operations[i].kind != b->operations[i].kind) return 0;
    }
    return 1;
}

CUresult cuGraphExecUpdate_v2(CUgraphExec executable, CUgraph graph, CUgraphExecUpdateResultInfo *result) {
    ENTER(P(executable), P(graph), P(result));
    REQUIRE(fake_is(executable, GRAPH_EXEC) && fake_is(graph, GRAPH), CUDA_ERROR_INVALID_VALUE);
    *result = (CUgraphExecUpdateResultInfo) {.result = CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED};
    REQUIRE(have_one_shape(&executable->work, graph), CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE);
    take(&executable->work, graph);
    result->result = CU_GRAPH_EXEC_UPDATE_SUCCESS;
    return CUDA_SUCCESS;
}

CUresult cuGraphLaunch(CUgraphExec executable, CUstream stream) {
    ENTER(P(executable), P(stream));
    REQUIRE(fake_is(executable, GRAPH_EXEC), CUDA_ERROR_INVALID_VALUE);
    REQUIRE(fake_stream(stream), CUDA_ERROR_INVALID_HANDLE);
    for (size_t i = 0; i < executable->work.count; i++) fake_run(&executable->work.operations[i]);
    return CUDA_SUCCESS;
}

CUresult cuGraphDestroy(CUgraph graph) {
    ENTER(P(graph));
    REQUIRE(fake_is(graph, GRAPH), CUDA_ERROR_INVALID_VALUE);
    graph->object.kind = DEAD;
    return CUDA_SUCCESS;
}

CUresult cuGraphExecDestroy(CUgraphExec executable) {
    ENTER(P(executable));
    REQUIRE(fake_is(executable, GRAPH_EXEC), CUDA_ERROR_INVALID_VALUE);
    executable->object.kind = DEAD;
    return CUDA_SUCCESS;
}
