package dev.panacea.runtime.cuda;

class SimulatorConformanceTest extends CudaDriverConformance {
    SimulatorConformanceTest() {
        super(ConformanceSubject.simulator());
    }
}
