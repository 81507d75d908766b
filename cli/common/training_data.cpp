// SPDX-License-Identifier: Apache-2.0
#include "cli/common/training_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "base/error.hpp"
#include "models/builders/builders.hpp"
#include "search/data/content.hpp"
#include "search/data/open.hpp"

namespace freebits::cli {
namespace {

using search::OnCorrupt;
using search::Split;

constexpr std::array<std::string_view, 2> kOnCorruptNames = {"refuse", "skip"};

models::InputPreparation preparation_of(const PictureInput& pictures) {
  return pictures.preparation.value_or(
      search::folder_preparation(pictures.shape.height, pictures.shape.width));
}

search::DatasetOptions dataset_options(const search::TrainOptions& o,
                                       const PictureInput& pictures) {
  search::DatasetOptions options;
  options.on_corrupt = o.on_corrupt;
  options.pad_to = o.pad_to;
  if (!search::has_pictures(o.dataset)) return options;
  const models::InputPreparation preparation = preparation_of(pictures);
  options.folder = {.preparation = preparation,
                    .channels = pictures.shape.channels == 1 ? 1U : 3U,
                    .workers = o.threads};
  const models::Shape& shape = pictures.shape;
  const bool fills = preparation.crop == models::InputPreparation::Size{shape.height, shape.width};
  if (!fills && !o.pad_to) options.pad_to = std::max(shape.height, shape.width);
  return options;
}

}  // namespace

void add_picture_options(CLI::App& command, std::optional<unsigned>& pad_to,
                         std::optional<unsigned>& resolution,
                         std::optional<std::string>& on_corrupt) {
  command.add_option("--pad-to", pad_to, "height and width of images with a black border");
  command.add_option("--resolution", resolution,
                     "height and width cut out of pictures of any size, such as those of "
                     "folder:DIR (default: the network's input)");
  command.add_option("--on-corrupt", on_corrupt,
                     "damaged images: refuse (default), or skip, which leaves them out and counts "
                     "them");
}

OnCorrupt on_corrupt_of(const std::string& name) {
  const auto* const found = std::ranges::find(kOnCorruptNames, name);
  if (found == kOnCorruptNames.end())
    throw Error(fmt::format("--on-corrupt {}: expected refuse or skip", name));
  return static_cast<OnCorrupt>(found - kOnCorruptNames.begin());
}

std::string_view name_of(OnCorrupt on_corrupt) {
  return kOnCorruptNames.at(static_cast<std::size_t>(on_corrupt));
}

PictureInput picture_input(const std::string& spec) {
  return {models::build_network(spec).input, std::nullopt};
}

PictureInput picture_input(const search::TrainingState& state) {
  return {state.graph.input, state.preparation};
}

PictureInput with_resolution(PictureInput pictures, const std::optional<unsigned>& resolution,
                             const std::string& dataset) {
  if (!resolution) return pictures;
  if (!search::has_pictures(dataset)) {
    throw Error(fmt::format(
        "--resolution {}: the images of {} have a size of their own; leave it out, or see --pad-to",
        *resolution, dataset));
  }
  if (*resolution == 0) throw Error("--resolution 0: expected at least 1");
  pictures.shape.height = pictures.shape.width = *resolution;
  const models::InputPreparation::Size size{*resolution, *resolution};
  if (!pictures.preparation || !(pictures.preparation->crop == size))
    pictures.preparation = search::folder_preparation(size.height, size.width);
  return pictures;
}

void expect_same_resolution(const std::optional<unsigned>& resolution, const PictureInput& run,
                            const std::string& file) {
  if (!resolution) return;
  const models::InputPreparation::Size crop = preparation_of(run).crop;
  if (crop == models::InputPreparation::Size{*resolution, *resolution}) return;
  throw Error(
      fmt::format("--resolution {}: the run in {} has {} x {}; leave it out to resume, or "
                  "--overwrite to begin anew",
                  *resolution, file, crop.height, crop.width));
}

search::Data open_data(const search::TrainOptions& o, const PictureInput& pictures) {
  const search::DatasetOptions options = dataset_options(o, pictures);
  search::Data data = {search::open_dataset(o.dataset, Split::Train, options),
                       search::open_dataset(o.dataset, Split::Test, options)};
  for (const auto& set : {data.train, data.test}) {
    for (const std::string& line : set->remarks()) fmt::print(stderr, "{}\n", line);
  }
  return data;
}

namespace {

search::Data open_moved(const search::TrainOptions& now, const PictureInput& pictures, bool moved,
                        const std::string& file) {
  try {
    return open_data(now, pictures);
  } catch (const Error& error) {
    if (moved) throw;
    throw Error(
        fmt::format("{}; the run in {} was trained on {}: where that lies elsewhere by now, "
                    "--dataset says where",
                    error.what(), file, now.dataset));
  }
}

}  // namespace

search::Data reopen_data(search::TrainOptions& run, const PictureInput& pictures,
                         const std::optional<std::string>& moved_to, const std::string& file) {
  search::TrainOptions now = run;
  if (moved_to) now.dataset = *moved_to;
  search::Data data = open_moved(now, pictures, moved_to.has_value(), file);
  now.content = search::content_of(*data.train, *data.test);
  if (run.content.empty() && !search::same_place(run.dataset, now.dataset)) {
    throw Error(
        fmt::format("--dataset {}: the run in {} was trained on {} and is of before the time when "
                    "checkpoints tell what is in it; move the data there, or --overwrite to begin "
                    "anew",
                    now.dataset, file, run.dataset));
  }
  if (!run.content.empty() && run.content != now.content) {
    throw Error(
        fmt::format("{}: other images than the run in {} was trained on (content {}, expected {}); "
                    "--dataset names where those are, --overwrite begins anew",
                    now.dataset, file, now.content, run.content));
  }
  run = now;
  return data;
}

models::Graph network_for(const std::string& spec, const search::Dataset& set) {
  const search::ImageShape image = set.shape();
  return models::build_network(spec, {image.height, image.width, image.channels}, set.classes());
}

}  // namespace freebits::cli
