package dev.panacea.runtime.cuda;

import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;

/** JCuda's objects, opened so far that the addresses in them can be read and, for pointers, given. */
final class JCudaHandles {
    private JCudaHandles() { }

    /** An object around a driver's handle. Only native code can put the handle in. */
    interface Handle {
        long address();
    }

    /** Host memory. */
    static final class HostAddress extends Pointer {
        HostAddress(long address) {
            super(address);
        }
    }

    /** Device memory. */
    static final class DeviceAddress extends CUdeviceptr {
        private static final CUdeviceptr NULL = new CUdeviceptr();

        DeviceAddress() { }

        DeviceAddress(long address) {
            super(NULL, address);
        }

        long address() {
            return getNativePointer() + getByteOffset();
        }
    }

    static final class Context extends CUcontext implements Handle {
        @Override
        public long address() {
            return getNativePointer();
        }
    }

    static final class Stream extends CUstream implements Handle {
        @Override
        public long address() {
            return getNativePointer();
        }
    }

    static final class Event extends CUevent implements Handle {
        @Override
        public long address() {
            return getNativePointer();
        }
    }

    static final class Module extends CUmodule implements Handle {
        @Override
        public long address() {
            return getNativePointer();
        }
    }

    static final class Function extends CUfunction implements Handle {
        @Override
        public long address() {
            return getNativePointer();
        }
    }

    static final class Graph extends CUgraph implements Handle {
        @Override
        public long address() {
            return getNativePointer();
        }
    }

    static final class GraphExec extends CUgraphExec implements Handle {
        @Override
        public long address() {
            return getNativePointer();
        }
    }
}
