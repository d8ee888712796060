package dev.panacea.runtime.cuda;

class JCudaOnFakeConformanceTest extends CudaDriverConformance {
    JCudaOnFakeConformanceTest() {
        super(ConformanceSubject.jcudaOnFake());
    }
}
