// SPDX-License-Identifier: Apache-2.0
#include "search/data/cifar10.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "search/data/dataset_kind.hpp"
#include "search/data/file.hpp"
#include "search/data/memory_dataset.hpp"

namespace freebits::search {
namespace {

constexpr ImageShape kShape = {32, 32, 3};
constexpr std::size_t kPlane = 32 * 32;
constexpr std::size_t kRecord = 1 + 3 * kPlane;
constexpr unsigned kClasses = 10;

std::vector<std::string> file_names(Split split) {
  if (split == Split::Test) return {"test_batch.bin"};
  std::vector<std::string> names;
  for (unsigned i = 1; i <= 5; ++i) names.push_back(fmt::format("data_batch_{}.bin", i));
  return names;
}

/// The archive unpacks to a folder of its own: either may be given.
std::filesystem::path folder_of_files(const std::filesystem::path& folder) {
  expect_folder(folder);
  const auto inner = folder / "cifar-10-batches-bin";
  return std::filesystem::is_directory(inner) ? inner : folder;
}

void append_record(const std::uint8_t* record, MemoryImages& images) {
  images.labels.push_back(record[0]);
  for (std::size_t pixel = 0; pixel < kPlane; ++pixel) {
    for (std::size_t channel = 0; channel < 3; ++channel)
      images.pixels.push_back(record[1 + channel * kPlane + pixel]);
  }
}

void append_file(const std::filesystem::path& path, OnCorrupt on_corrupt, MemoryImages& images) {
  std::vector<std::uint8_t> bytes;
  read_file(path, bytes);
  const std::size_t records = bytes.size() / kRecord;
  if (bytes.empty() || bytes.size() % kRecord != 0) {
    if (on_corrupt == OnCorrupt::Refuse) {
      throw Error(
          fmt::format("{}: {} bytes, expected whole records of {} (10000 of them, {} bytes, as "
                      "published)",
                      path.string(), bytes.size(), kRecord, 10000 * kRecord));
    }
    ++images.skipped;
  }
  images.pixels.reserve(images.pixels.size() + records * kShape.size());
  for (std::size_t i = 0; i < records; ++i) {
    const std::uint8_t* record = bytes.data() + i * kRecord;
    if (record[0] < kClasses) {
      append_record(record, images);
    } else if (on_corrupt == OnCorrupt::Skip) {
      ++images.skipped;
    } else {
      throw Error(fmt::format("{}: record {} of {} has label {}, expected 0 to {}", path.string(),
                              i, records, record[0], kClasses - 1));
    }
  }
}

}  // namespace

std::unique_ptr<Dataset> open_cifar10(const std::filesystem::path& folder, Split split,
                                      OnCorrupt on_corrupt) {
  const auto where = folder_of_files(folder);
  const auto names = file_names(split);
  for (const auto& name : names) {
    if (std::filesystem::exists(where / name)) continue;
    throw Error(fmt::format(
        "{}: no {}; expected CIFAR-10's binary version, {}", where.string(), name,
        split == Split::Train ? "data_batch_1.bin to data_batch_5.bin" : "test_batch.bin"));
  }
  MemoryImages images{kShape, kClasses, {}, {}, 0};
  // All at once: growing file by file would copy, and for a moment keep twice, what is there.
  std::uintmax_t bytes = 0;
  for (const auto& name : names) {
    std::error_code none;
    const auto size = std::filesystem::file_size(where / name, none);
    if (!none) bytes += size;
  }
  images.pixels.reserve(bytes / kRecord * kShape.size());
  for (const auto& name : names) append_file(where / name, on_corrupt, images);
  if (images.labels.empty())
    throw Error(fmt::format("{}: no undamaged image in {}", where.string(), names.front()));
  return memory_dataset(std::move(images));
}

const DatasetKind& cifar10_kind() {
  static const DatasetKind kind{
      .name = "cifar10",
      .description = "the binary version, 32x32x3, 10 classes",
      .open = [](const std::filesystem::path& folder, Split split, const DatasetOptions& options) {
        return open_cifar10(folder, split, options.on_corrupt);
      }};
  return kind;
}

}  // namespace freebits::search
