// SPDX-License-Identifier: Apache-2.0
// Data sets on disk, made by the tests; and what a data set gives, in forms that are easy to
// compare.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "search/data/dataset.hpp"
#include "search/data/image_folder.hpp"

namespace freebits::search::test {

using Bytes = std::vector<std::uint8_t>;

/// A folder that goes away with the test.
class TempDir {
 public:
  TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

/// Makes folders on the way.
void write(const std::filesystem::path& path, const Bytes& bytes);
void write_gz(const std::filesystem::path& path, const Bytes& bytes);
[[nodiscard]] Bytes read(const std::filesystem::path& path);
/// Cuts a file to `size` bytes.
void cut(const std::filesystem::path& path, std::uintmax_t size);

[[nodiscard]] Bytes random_bytes(std::size_t count, std::uint64_t seed);

/// Records of CIFAR-10 with labels 0, 1 … and random pixels.
[[nodiscard]] Bytes cifar_records(unsigned count, std::uint64_t seed);
/// data_batch_1 … 5 and test_batch, `count` records each, seeds 1 … 6.
void write_cifar(const std::filesystem::path& folder, unsigned count);

[[nodiscard]] Bytes idx(const std::vector<std::uint32_t>& dims, const Bytes& data);
/// Both splits, `count` images of height x width with labels 0, 1 … modulo 10.
void write_mnist(const std::filesystem::path& folder, unsigned count, unsigned height,
                 unsigned width, bool gz);

/// RGB image files; `colour`(y, x, channel).
using Colour = std::function<std::uint8_t(unsigned, unsigned, unsigned)>;
[[nodiscard]] Bytes jpeg(unsigned height, unsigned width, const Colour& colour, int components = 3);
[[nodiscard]] Bytes png(unsigned height, unsigned width, const Colour& colour, bool alpha = false);
[[nodiscard]] Colour plain(std::uint8_t r, std::uint8_t g, std::uint8_t b);

/// Scaled to cover a square, a smaller one cut out.
[[nodiscard]] FolderOptions square(unsigned scaled, unsigned crop, unsigned workers = 1);

[[nodiscard]] Bytes image(const Dataset& set, std::size_t i);

/// The message of the Error that `call` throws; a failure of the test when there is none.
[[nodiscard]] std::string error_of(const std::function<void()>& call);
void expect_contains(const std::string& text, const std::string& part);

}  // namespace freebits::search::test
