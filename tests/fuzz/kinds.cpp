// SPDX-License-Identifier: Apache-2.0
// The table of all kinds: a new one is a file in kinds/ and a line here.
#include <fstream>
#include <iterator>

#include "kind.hpp"

namespace freebits::fuzz {

Kind bits_json(const fs::path& folder);
Kind cifar10(const fs::path& folder);
Kind elf(const fs::path& folder);
Kind graph(const fs::path& folder);
Kind idx_images(const fs::path& folder);
Kind idx_images_gz(const fs::path& folder);
Kind idx_labels(const fs::path& folder);
Kind integer_network(const fs::path& folder);
Kind jpeg(const fs::path& folder);
Kind kernel_shapes(const fs::path& folder);
Kind latency_store(const fs::path& folder);
Kind npy(const fs::path& folder);
Kind png(const fs::path& folder);
Kind result_json(const fs::path& folder);
Kind run_checkpoint(const fs::path& folder);
Kind sensitivities(const fs::path& folder);
Kind target_toml(const fs::path& folder);
Kind training_checkpoint(const fs::path& folder);

const std::vector<Entry>& all_kinds() {
  static const std::vector<Entry> all = {
      {"BitsJson", bits_json},
      {"Cifar10", cifar10},
      {"Elf", elf},
      {"Graph", graph},
      {"IdxImages", idx_images},
      {"IdxImagesGz", idx_images_gz},
      {"IdxLabels", idx_labels},
      {"IntegerNetwork", integer_network},
      {"Jpeg", jpeg},
      {"KernelShapes", kernel_shapes},
      {"LatencyStore", latency_store},
      {"Npy", npy},
      {"Png", png},
      {"ResultJson", result_json},
      {"RunCheckpoint", run_checkpoint},
      {"Sensitivities", sensitivities},
      {"TargetToml", target_toml},
      {"TrainingCheckpoint", training_checkpoint},
  };
  return all;
}

std::string written(const fs::path& folder,
                    const std::function<void(const fs::path& file)>& write_file) {
  const fs::path file = folder / "seed";
  fs::remove_all(file);
  write_file(file);
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace freebits::fuzz
