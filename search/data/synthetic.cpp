// SPDX-License-Identifier: Apache-2.0
#include "search/data/synthetic.hpp"

#include <stdexcept>

#include "base/error.hpp"
#include "search/data/content.hpp"
#include "search/data/dataset_kind.hpp"
#include "search/data/synthetic_scene.hpp"

namespace freebits::search {
namespace {

constexpr unsigned kClasses = kSceneShapes * kSceneTextures;

class Synthetic final : public Dataset {
 public:
  Synthetic(Split split, const SyntheticOptions& options)
      : seed_(options.seed),
        split_(static_cast<std::uint64_t>(split)),
        size_(split == Split::Train ? options.train_size : options.test_size) {}

  [[nodiscard]] std::size_t size() const override { return size_; }
  [[nodiscard]] unsigned classes() const override { return kClasses; }
  [[nodiscard]] ImageShape shape() const override { return {kSceneSide, kSceneSide, 3}; }
  [[nodiscard]] unsigned label(std::size_t i) const override {
    if (i >= size_) throw std::out_of_range("label of an image that is not there");
    return static_cast<unsigned>(i % kClasses);
  }

 private:
  /// What decides all images.
  void add_images(ContentHash& hash) const override {
    hash.add(seed_);
    hash.add(split_);
  }

  void read_image(std::size_t i, std::span<std::uint8_t> out) const override {
    Random random({seed_, split_, i});
    const unsigned which = label(i);
    draw_scene(static_cast<SceneShape>(which / kSceneTextures),
               static_cast<SceneTexture>(which % kSceneTextures), random, out);
  }

  std::uint64_t seed_, split_;
  std::size_t size_;
};

}  // namespace

std::unique_ptr<Dataset> synthetic_dataset(Split split, SyntheticOptions options) {
  if (options.train_size == 0 || options.test_size == 0)
    throw Error("synthetic data set: 0 images, expected at least 1 in each split");
  return std::make_unique<Synthetic>(split, options);
}

const DatasetKind& synthetic_kind() {
  static const DatasetKind kind{
      .name = "synthetic",
      .description = "compiled in, shapes with textures, 32x32x3, 10 classes",
      .has_folder = false,
      .counts = true,
      .open = [](const std::filesystem::path&, Split split, const DatasetOptions& options) {
        return synthetic_dataset(split, options.synthetic.value_or(SyntheticOptions{}));
      }};
  return kind;
}

}  // namespace freebits::search
