package dev.panacea.runtime.cuda;

class FfmOnFakeConformanceTest extends CudaDriverConformance {
    FfmOnFakeConformanceTest() {
        super(ConformanceSubject.ffmOnFake());
    }
}
