/* The part of a pool's window that lies within the input: rows from top to bottom, columns from left to right. */
typedef struct {
    int32_t top, bottom, left, right;
} window_t;

static window_t window_at(const layer_t *layer, int32_t row, int32_t column)
{
    const int32_t y = row * layer->down - layer->top;
    const int32_t x = column * layer->right - layer->left;
    window_t window;
    window.top = (y > 0) ? y : 0;
    window.bottom = (y + layer->height < layer->in_height) ? (y + layer->height) : layer->in_height;
    window.left = (x > 0) ? x : 0;
    window.right = (x + layer->width < layer->in_width) ? (x + layer->width) : layer->in_width;
    return window;
}
