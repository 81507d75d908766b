// SPDX-License-Identifier: Apache-2.0
#include "search/data/padded.hpp"

#include <gtest/gtest.h>

#include "files.hpp"
#include "search/data/memory_dataset.hpp"

namespace freebits::search {
namespace {

using namespace test;

std::unique_ptr<Dataset> random_set(ImageShape shape) {
  return memory_dataset({shape, 3, random_bytes(3 * shape.size(), 4), {0, 1, 2}, 5});
}

TEST(Padded, PutsABlackBorderAroundEveryImage) {
  for (const ImageShape shape :
       {ImageShape{28, 28, 1}, {5, 3, 3}, {8, 1, 2}, {1, 8, 2}, {8, 8, 3}}) {
    for (const unsigned side : {8U, 9U, 32U}) {
      if (shape.height > side || shape.width > side) continue;
      const std::shared_ptr<const Dataset> inner = random_set(shape);
      const auto set = padded(inner, side);
      EXPECT_EQ(set->shape(), (ImageShape{side, side, shape.channels}));
      EXPECT_EQ(set->skipped(), 5U);
      const unsigned top = (side - shape.height) / 2, left = (side - shape.width) / 2;
      for (unsigned i = 0; i < 3; ++i) {
        EXPECT_EQ(set->label(i), i);
        const Bytes in = image(*inner, i), out = image(*set, i);
        for (unsigned y = 0; y < side; ++y) {
          for (unsigned x = 0; x < side; ++x) {
            const bool inside =
                y >= top && y < top + shape.height && x >= left && x < left + shape.width;
            for (unsigned c = 0; c < shape.channels; ++c) {
              const unsigned expected =
                  inside ? in[((y - top) * shape.width + x - left) * shape.channels + c] : 0;
              ASSERT_EQ(out[(y * side + x) * shape.channels + c], expected);
            }
          }
        }
      }
    }
  }
}

TEST(Padded, LargerImagesAreRefused) {
  expect_contains(error_of([] {
                    (void)padded(random_set({28, 30, 1}), 29);
                  }),
                  "padding to 29 x 29: the images are 28 x 30");
}

}  // namespace
}  // namespace freebits::search
