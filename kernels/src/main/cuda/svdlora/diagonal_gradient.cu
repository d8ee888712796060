// The gradient of the diagonals, Σ over the rows of each preference of G ⊙ projected, as parts that svdlora_add_parts adds up: a block has
// one preference and a chunk of rows, of which it takes those that are of its preference, in an order that the shape alone fixes. Any
// assignment of rows to preferences will do; rows of a preference that is not there belong to no block.
//
// Tile: 16 rows by 16 ranks at once. Floor: 8·rows·rank bytes over the card's copy rate, and 4·rows for each preference more, all of it
// written just before and so in the second-level cache.

namespace {

constexpr int RANKS = 16;
constexpr int ROWS = 16;

}  // namespace

// gradient and projected (rows, rank); parts (gridDim.y, preferences, ranks), 0 from rank on. Grid: preferences, chunks.
extern "C" __global__ void __launch_bounds__(RANKS* ROWS)
svdlora_diagonal_gradient(const float* gradient, const float* projected, const int* preferenceOfRow, float* parts, int rows, int rank,
                          int ranks) {
    __shared__ float sums[ROWS][RANKS];
    const int preference = blockIdx.x;
    const int first = static_cast<int>(static_cast<long long>(rows) * blockIdx.y / gridDim.y);
    const int end = static_cast<int>(static_cast<long long>(rows) * (blockIdx.y + 1) / gridDim.y);
    float* part = parts + (static_cast<size_t>(blockIdx.y) * gridDim.x + preference) * ranks;
    for (int column = threadIdx.x; column < ranks; column += RANKS) {
        float sum = 0;
        for (int row = first + threadIdx.y; row < end; row += ROWS) {
            if (column < rank && (preferenceOfRow == nullptr || preferenceOfRow[row] == preference)) {
                const size_t at = static_cast<size_t>(row) * rank + column;
                sum += gradient[at] * projected[at];
            }
        }
        sums[threadIdx.y][threadIdx.x] = sum;
        __syncthreads();
        if (threadIdx.y == 0) {
            for (int i = 1; i < ROWS; i++) {
                sum += sums[i][threadIdx.x];
            }
            part[column] = sum;
        }
        __syncthreads();
    }
}
