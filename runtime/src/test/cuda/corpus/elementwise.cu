// One value in, one value out: guards, grid-stride loops, packs of four with a tail, grids and blocks of three dimensions.

extern "C" __global__ void saxpy(int n, float a, const float* __restrict__ x, float* __restrict__ y) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        y[i] = fmaf(a, x[i], y[i]);
    }
}

extern "C" __global__ void saxpyGridStride(int n, float a, const float* __restrict__ x, float* __restrict__ y) {
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
        y[i] = fmaf(a, x[i], y[i]);
    }
}

// x and y begin `offset` elements past a 16-byte boundary: the head and the tail go one by one.
extern "C" __global__ void saxpyPacked(int n, int offset, float a, const float* __restrict__ x, float* __restrict__ y) {
    const int thread = blockIdx.x * blockDim.x + threadIdx.x;
    const int threads = gridDim.x * blockDim.x;
    const int head = min((4 - offset) & 3, n);
    const int packs = (n - head) / 4;
    const float4* packedX = reinterpret_cast<const float4*>(x + offset + head);
    float4* packedY = reinterpret_cast<float4*>(y + offset + head);
    for (int i = thread; i < packs; i += threads) {
        const float4 u = packedX[i];
        float4 v = packedY[i];
        v.x = fmaf(a, u.x, v.x);
        v.y = fmaf(a, u.y, v.y);
        v.z = fmaf(a, u.z, v.z);
        v.w = fmaf(a, u.w, v.w);
        packedY[i] = v;
    }
    const int tail = head + 4 * packs;
    if (thread < head) {
        y[offset + thread] = fmaf(a, x[offset + thread], y[offset + thread]);
    } else if (thread < head + n - tail) {
        const int i = offset + tail + thread - head;
        y[i] = fmaf(a, x[i], y[i]);
    }
}

// Each thread writes who it is at its place in the whole.
extern "C" __global__ void places(int4* out) {
    const int3 at = make_int3(blockIdx.x * blockDim.x + threadIdx.x, blockIdx.y * blockDim.y + threadIdx.y,
        blockIdx.z * blockDim.z + threadIdx.z);
    const int width = gridDim.x * blockDim.x;
    const int height = gridDim.y * blockDim.y;
    const int thread = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
    const int block = blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z);
    unsigned lane;
    asm("mov.u32 %0, %%laneid;" : "=r"(lane));
    out[at.x + width * (at.y + height * at.z)] = make_int4(thread, block, lane, blockDim.x * 10000 + blockDim.y * 100 + blockDim.z);
}

// out[z][y][x] = the sum of the six neighbours of in[z][y][x], zero outside; a block covers 8 x 4 x 4 with a halo of one.
extern "C" __global__ void stencil(const int* __restrict__ in, int* __restrict__ out, int nx, int ny, int nz) {
    __shared__ int tile[6][6][10];
    const int x = blockIdx.x * 8 + threadIdx.x;
    const int y = blockIdx.y * 4 + threadIdx.y;
    const int z = blockIdx.z * 4 + threadIdx.z;
    const int thread = threadIdx.x + 8 * (threadIdx.y + 4 * threadIdx.z);
    for (int i = thread; i < 360; i += 128) {
        const int gx = static_cast<int>(blockIdx.x) * 8 + i % 10 - 1;
        const int gy = static_cast<int>(blockIdx.y) * 4 + i / 10 % 6 - 1;
        const int gz = static_cast<int>(blockIdx.z) * 4 + i / 60 - 1;
        const bool inside = gx >= 0 && gx < nx && gy >= 0 && gy < ny && gz >= 0 && gz < nz;
        tile[i / 60][i / 10 % 6][i % 10] = inside ? in[gx + nx * (gy + ny * gz)] : 0;
    }
    __syncthreads();
    if (x < nx && y < ny && z < nz) {
        const int i = threadIdx.x + 1;
        const int j = threadIdx.y + 1;
        const int k = threadIdx.z + 1;
        out[x + nx * (y + ny * z)] = tile[k][j][i - 1] + tile[k][j][i + 1] + tile[k][j - 1][i] + tile[k][j + 1][i]
            + tile[k - 1][j][i] + tile[k + 1][j][i];
    }
}
