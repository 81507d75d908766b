// SPDX-License-Identifier: Apache-2.0
// Data sets of the MNIST family and CIFAR-10: a file of theirs changed, the others whole.
#include <zlib.h>

#include "../../search/data/files.hpp"
#include "kind.hpp"
#include "mutate.hpp"
#include "search/data/cifar10.hpp"
#include "search/data/idx.hpp"

namespace freebits::fuzz {
namespace {

namespace data = search::test;

constexpr unsigned kImages = 20;
const char* const kImagesFile = "train-images-idx3-ubyte";
const char* const kLabelsFile = "train-labels-idx1-ubyte";

std::string text_of(const data::Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

std::string compressed(const fs::path& folder, const std::string& bytes) {
  return written(folder, [&](const fs::path& file) {
    data::write_gz(file, data::Bytes(bytes.begin(), bytes.end()));
  });
}

data::Bytes image_bytes() {
  return data::idx({kImages, 5, 7}, data::random_bytes(kImages * 35, 1));
}
data::Bytes label_bytes() { return data::idx({kImages}, data::random_bytes(kImages, 2)); }

/// Both ways to take damage.
void open_both(const fs::path& folder) {
  (void)search::open_idx(folder, search::Split::Train, search::OnCorrupt::Skip);
  (void)search::open_idx(folder, search::Split::Train, search::OnCorrupt::Refuse);
}

Kind idx_kind(const char* file) {
  Kind kind;
  kind.file = file;
  kind.mutate = [](const std::string& seed, Random& random) { return mutated_bytes(seed, random); };
  kind.read = [](const fs::path& path) { open_both(path.parent_path()); };
  return kind;
}

}  // namespace

Kind idx_images(const fs::path&) {
  Kind kind = idx_kind(kImagesFile);
  kind.seeds = {text_of(image_bytes())};
  kind.restore = [](const fs::path& here) { data::write(here / kLabelsFile, label_bytes()); };
  return kind;
}

Kind idx_images_gz(const fs::path& folder) {
  Kind kind = idx_images(folder);
  kind.file += ".gz";
  const std::string plain = text_of(image_bytes());
  kind.seeds = {compressed(folder, plain)};
  kind.mutate = [plain, folder](const std::string& seed, Random& random) {
    if (random.one_in(2)) return mutated_bytes(seed, random);
    return compressed(folder, mutated_bytes(plain, random));
  };
  return kind;
}

Kind idx_labels(const fs::path&) {
  Kind kind = idx_kind(kLabelsFile);
  kind.seeds = {text_of(label_bytes())};
  kind.restore = [](const fs::path& here) { data::write(here / kImagesFile, image_bytes()); };
  return kind;
}

Kind cifar10(const fs::path&) {
  Kind kind;
  kind.file = "data_batch_3.bin";
  kind.seeds = {text_of(data::cifar_records(5, 3))};
  kind.mutate = [](const std::string& seed, Random& random) { return mutated_bytes(seed, random); };
  kind.read = [](const fs::path& file) {
    for (const auto on_corrupt : {search::OnCorrupt::Skip, search::OnCorrupt::Refuse})
      (void)search::open_cifar10(file.parent_path(), search::Split::Train, on_corrupt);
  };
  kind.restore = [](const fs::path& here) {
    for (const unsigned i : {1, 2, 4, 5})
      data::write(here / ("data_batch_" + std::to_string(i) + ".bin"), data::cifar_records(2, i));
  };
  return kind;
}

}  // namespace freebits::fuzz
