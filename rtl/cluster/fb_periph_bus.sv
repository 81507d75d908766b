// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Shared peripheral bus: one access a cycle, round robin over the cores. Starts of the DMA wait
// while its queue is full, without blocking the others, and take their turns among themselves: so
// no core is kept from the queue by others' traffic. The answer comes in the cycle after the
// grant. Registers nobody has read 0 and ignore writes.
module fb_periph_bus #(
  parameter int NumCores = 8
) (
  input  wire                    clk_i,
  input  wire                    rst_ni,
  input  wire  [NumCores-1:0]    req_i,
  input  wire  [NumCores*32-1:0] addr_i,
  input  wire  [NumCores-1:0]    we_i,
  input  wire  [NumCores*32-1:0] wdata_i,
  output logic [NumCores-1:0]    gnt_o,
  output logic [31:0]            rdata_o,       // for the core granted in the cycle before
  // selected access; a device answers in the next cycle, 0 when it was not selected
  input  wire                    dma_full_i,
  output logic                   dma_req_o,
  output logic                   timer_req_o,
  output logic                   control_req_o,
  output logic [3:0]             core_o,        // who accesses
  output logic [11:0]            offset_o,
  output logic                   we_o,
  output logic [31:0]            wdata_o,
  input  wire  [31:0]            dma_rdata_i,
  input  wire  [31:0]            timer_rdata_i,
  input  wire  [31:0]            control_rdata_i
);

  // Round robin: the cores behind the last one that won against others come first.
  logic [NumCores-1:0] behind_q, start_behind_q;
  logic [NumCores-1:0] start, next_start, able, first;
  logic [11:0]         offset [NumCores];
  logic [31:0]         wdata [NumCores];
  logic [1:0]          page [NumCores];
  for (genvar i = 0; i < NumCores; i++) begin : g_core
    assign offset[i] = addr_i[i*32 +: 12];
    assign page[i]   = addr_i[i*32 + 12 +: 2];
    assign wdata[i]  = wdata_i[i*32 +: 32];
  end

  // The start whose turn it is stands for all of them.
  always_comb begin
    start      = '0;
    next_start = '0;
    able       = '0;
    if (req_i != '0) begin
      for (int i = 0; i < NumCores; i++) begin
        start[i] = req_i[i] && !we_i[i] && page[i] == fb_cluster_pkg::DmaBase[13:12] &&
                   offset[i] == fb_cluster_pkg::DmaStart;
      end
      if (!dma_full_i) begin
        next_start = start & start_behind_q;
        if (next_start == '0) next_start = start;
        next_start = next_start & (~next_start + 1'b1);
      end
      able = (req_i & ~start) | next_start;
    end
  end

  logic [1:0] selected_page;
  always_comb begin
    first         = able & behind_q;
    gnt_o         = '0;
    core_o        = '0;
    offset_o      = '0;
    we_o          = 1'b0;
    wdata_o       = '0;
    selected_page = '0;
    if (able != '0) begin
      if (first == '0) first = able;
      gnt_o = first & (~first + 1'b1);
      for (int i = 0; i < NumCores; i++) begin
        if (gnt_o[i]) begin
          core_o        = i[3:0];
          offset_o      = offset[i];
          we_o          = we_i[i];
          wdata_o       = wdata[i];
          selected_page = page[i];
        end
      end
    end
  end

  assign dma_req_o     = gnt_o != '0 && selected_page == fb_cluster_pkg::DmaBase[13:12];
  assign timer_req_o   = gnt_o != '0 && selected_page == fb_cluster_pkg::TimerBase[13:12];
  assign control_req_o = gnt_o != '0 && selected_page == fb_cluster_pkg::ControlBase[13:12];
  assign rdata_o       = dma_rdata_i | timer_rdata_i | control_rdata_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      behind_q       <= '0;
      start_behind_q <= '0;
    end else if (able != '0) begin
      if (able != gnt_o) behind_q <= ~(gnt_o | (gnt_o - 1'b1));
      if ((gnt_o & start) != '0) start_behind_q <= ~(gnt_o | (gnt_o - 1'b1));
    end
  end

  logic unused_bits;
  assign unused_bits = ^addr_i;

endmodule

`default_nettype wire
