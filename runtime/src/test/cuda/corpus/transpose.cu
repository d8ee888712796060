// Transposes of a (rows, columns) matrix of words: straight, through a tile, through a padded tile, of bytes and of 16-byte vectors.

extern "C" __global__ void naive(int rows, int columns, const int* __restrict__ in, int* __restrict__ out) {
    const int column = blockIdx.x * blockDim.x + threadIdx.x;
    const int row = blockIdx.y * blockDim.y + threadIdx.y;
    if (row < rows && column < columns) {
        out[column * rows + row] = in[row * columns + column];
    }
}

template <int PADDING>
__device__ void throughTile(int rows, int columns, const int* __restrict__ in, int* __restrict__ out) {
    __shared__ int tile[32][32 + PADDING];
    const int column = blockIdx.x * 32 + threadIdx.x;
    const int row = blockIdx.y * 32 + threadIdx.y;
    for (int i = 0; i < 32; i += 8) {
        if (row + i < rows && column < columns) {
            tile[threadIdx.y + i][threadIdx.x] = in[(row + i) * columns + column];
        }
    }
    __syncthreads();
    const int toColumn = blockIdx.y * 32 + threadIdx.x;
    const int toRow = blockIdx.x * 32 + threadIdx.y;
    for (int i = 0; i < 32; i += 8) {
        if (toRow + i < columns && toColumn < rows) {
            out[(toRow + i) * rows + toColumn] = tile[threadIdx.x][threadIdx.y + i];
        }
    }
}

extern "C" __global__ void tiled(int rows, int columns, const int* __restrict__ in, int* __restrict__ out) {
    throughTile<0>(rows, columns, in, out);
}

extern "C" __global__ void padded(int rows, int columns, const int* __restrict__ in, int* __restrict__ out) {
    throughTile<1>(rows, columns, in, out);
}

// 4 x 4 bytes a thread, turned by byte permutation. Rows and columns are multiples of 4.
extern "C" __global__ void bytes(int rows, int columns, const unsigned char* __restrict__ in, unsigned char* __restrict__ out) {
    const int column = (blockIdx.x * blockDim.x + threadIdx.x) * 4;
    const int row = (blockIdx.y * blockDim.y + threadIdx.y) * 4;
    if (row >= rows || column >= columns) {
        return;
    }
    unsigned a[4];
    for (int i = 0; i < 4; i++) {
        a[i] = *reinterpret_cast<const unsigned*>(in + (row + i) * columns + column);
    }
    const unsigned low01 = __byte_perm(a[0], a[1], 0x5140);
    const unsigned low23 = __byte_perm(a[2], a[3], 0x5140);
    const unsigned high01 = __byte_perm(a[0], a[1], 0x7362);
    const unsigned high23 = __byte_perm(a[2], a[3], 0x7362);
    const unsigned turned[4] = {__byte_perm(low01, low23, 0x5410), __byte_perm(low01, low23, 0x7632),
        __byte_perm(high01, high23, 0x5410), __byte_perm(high01, high23, 0x7632)};
    for (int i = 0; i < 4; i++) {
        *reinterpret_cast<unsigned*>(out + (column + i) * rows + row) = turned[i];
    }
}
