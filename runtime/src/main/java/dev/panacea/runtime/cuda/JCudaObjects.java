package dev.panacea.runtime.cuda;

import jcuda.driver.CUcontext;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;

/** The objects that JCuda made, by the handles that our records carry. */
final class JCudaObjects {
    private final HandleTable<JCudaHandles.Context> contexts = new HandleTable<>("context");
    private final HandleTable<JCudaHandles.Stream> streams = new HandleTable<>("stream");
    private final HandleTable<JCudaHandles.Event> events = new HandleTable<>("event");
    private final HandleTable<JCudaHandles.Module> modules = new HandleTable<>("module");
    private final HandleTable<JCudaHandles.Function> functions = new HandleTable<>("kernel");
    private final HandleTable<JCudaHandles.Graph> graphs = new HandleTable<>("graph");
    private final HandleTable<JCudaHandles.GraphExec> executables = new HandleTable<>("executable graph");

    JCudaObjects() {
        // The default stream, and no context at all.
        streams.add(new JCudaHandles.Stream());
        contexts.add(new JCudaHandles.Context());
    }

    HandleTable<JCudaHandles.Context> contexts() {
        return contexts;
    }

    HandleTable<JCudaHandles.Stream> streams() {
        return streams;
    }

    HandleTable<JCudaHandles.Event> events() {
        return events;
    }

    HandleTable<JCudaHandles.Module> modules() {
        return modules;
    }

    HandleTable<JCudaHandles.Function> functions() {
        return functions;
    }

    HandleTable<JCudaHandles.Graph> graphs() {
        return graphs;
    }

    HandleTable<JCudaHandles.GraphExec> executables() {
        return executables;
    }

    CUcontext of(CudaContext context) {
        return contexts.get(context == null ? 0 : context.handle());
    }

    CUstream of(CudaStream stream) {
        return streams.get(stream.handle());
    }

    CUevent of(CudaEvent event) {
        return events.get(event.handle());
    }

    CUmodule of(CudaModule module) {
        return modules.get(module.handle());
    }

    CUfunction of(CudaFunction function) {
        return functions.get(function.handle());
    }

    CUgraph of(CudaGraph graph) {
        return graphs.get(graph.handle());
    }

    CUgraphExec of(CudaGraphExec executable) {
        return executables.get(executable.handle());
    }
}
