// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Machine-mode control and status registers, interrupt selection and performance counters
// (docs/isa.md). Accessed in EX: reads are combinational, writes and traps take effect at the end
// of the cycle in which commit_i or trap_i is set.
module fb_csr (
  input  wire               clk_i,
  input  wire               clk_free_i,    // counts cycles and sleep while clk_i stands
  input  wire               rst_ni,
  input  wire  [2:0]        level_i,
  input  wire  [31:0]       hart_id_i,
  input  wire  [31:0]       irq_i,
  // access by the instruction in EX
  input  wire               access_i,
  input  wire               commit_i,
  input  wire  [11:0]       addr_i,
  input  wire  [1:0]        op_i,         // csr_op_e
  input  wire               immediate_i,  // the operand is rs1_field_i, not operand_i
  input  wire  [4:0]        rs1_field_i,  // not zero: set and clear write
  input  wire  [31:0]       operand_i,
  output logic [31:0]       rdata_o,
  output logic              illegal_o,
  // registers that live elsewhere
  output logic              fb_we_o,
  output logic [31:0]       wdata_o,
  input  wire  [31:0]       fb_rdata_i,
  input  wire  [31:0]       quant_rdata_i,
  input  wire  [31:0]       loop_rdata_i,
  // traps
  input  wire               trap_i,
  input  wire               trap_irq_i,
  input  wire  [4:0]        trap_cause_i,
  input  wire  [31:0]       trap_epc_i,
  input  wire  [31:0]       trap_tval_i,
  input  wire               mret_i,         // with commit_i
  output logic [31:0]       trap_target_o,
  output logic [31:0]       mepc_o,
  output logic              irq_pending_o,  // an enabled interrupt is pending, whatever mstatus.MIE is
  output logic              irq_take_o,     // … and mstatus.MIE is set
  output logic [4:0]        irq_cause_o,
  // counting
  input  wire  [2:0]        activity_i,     // activity_e, of this cycle
  input  wire               branch_i,       // with commit_i: a taken branch
  input  wire               memory_i        // … a load or store
);

  localparam int NumCounters = 2 + fb_core_pkg::NumHpmCounters;

  logic        mie_q, mpie_q;
  logic [31:0] mie_mask_q, mtvec_q, mscratch_q, mepc_q, mtval_q;
  logic        mcause_irq_q;
  logic [4:0]  mcause_q;
  // mcycle, minstret, mhpmcounter3 … 10
  logic [63:0] cycle_q, instret_q, load_use_q, jump_q, branch_q, fetch_miss_q, contention_q, late_q,
               sleep_q, access_q;
  logic [NumCounters-1:0] inhibit_q;

  logic [31:0] mip;
  assign mip = irq_i & fb_isa_pkg::IrqMask;

  // Counter addressed: [9:8] machine or user view, [7] upper half, [4:0] number.
  logic       is_counter, is_event, index_valid;
  logic [4:0] number;
  logic [3:0] index;
  assign number = addr_i[4:0];
  always_comb begin
    is_counter  = 1'b0;
    is_event    = 1'b0;
    index_valid = 'x;
    index       = 'x;
    if (access_i) begin
      is_counter  = (addr_i[11:8] == 4'hb || addr_i[11:8] == 4'hc) && addr_i[6:5] == 2'b00 &&
                    number != 5'd1;
      is_event    = addr_i >= fb_isa_pkg::CsrMhpmevent3 && addr_i <= fb_isa_pkg::CsrMhpmevent31;
      index_valid = number <= 5'd10;
      index       = number == 5'd0 ? 4'd0 : number[3:0] - 4'd1;
    end
  end

  logic xpulpv2, xpulpnn, mixed, flexv;
  assign xpulpv2 = level_i >= fb_isa_pkg::LevelXpulpV2;
  assign xpulpnn = level_i >= fb_isa_pkg::LevelXpulpNN;
  assign mixed   = level_i >= fb_isa_pkg::LevelMixed;
  assign flexv   = level_i >= fb_isa_pkg::LevelFlexV;

  logic        known;
  logic [63:0] counter;
  always_comb begin
    counter = 64'd0;
    if (is_counter && index_valid) begin
      unique case (index)
        4'd0:    counter = cycle_q;
        4'd1:    counter = instret_q;
        4'd2:    counter = load_use_q;
        4'd3:    counter = jump_q;
        4'd4:    counter = branch_q;
        4'd5:    counter = fetch_miss_q;
        4'd6:    counter = contention_q;
        4'd7:    counter = late_q;
        4'd8:    counter = sleep_q;
        default: counter = access_q;
      endcase
    end
  end

  always_comb begin
    known   = 1'b1;
    rdata_o = 'x;
    if (is_counter) begin
      rdata_o = addr_i[7] ? counter[63:32] : counter[31:0];
    end else if (is_event) begin
      rdata_o = index_valid ? {27'd0, number - 5'd2} : 32'd0;
    end else if (access_i) unique case (addr_i)
      fb_isa_pkg::CsrMstatus:       rdata_o = {19'd0, 2'b11, 3'd0, mpie_q, 3'd0, mie_q, 3'd0};
      fb_isa_pkg::CsrMisa:          rdata_o = {8'h40, xpulpv2, 23'h001104};
      fb_isa_pkg::CsrMie:           rdata_o = mie_mask_q;
      fb_isa_pkg::CsrMtvec:         rdata_o = mtvec_q;
      fb_isa_pkg::CsrMcountinhibit: rdata_o = {21'd0, inhibit_q[NumCounters-1:1], 1'b0, inhibit_q[0]};
      fb_isa_pkg::CsrMscratch:      rdata_o = mscratch_q;
      fb_isa_pkg::CsrMepc:          rdata_o = mepc_q;
      fb_isa_pkg::CsrMcause:        rdata_o = {mcause_irq_q, 26'd0, mcause_q};
      fb_isa_pkg::CsrMtval:         rdata_o = mtval_q;
      fb_isa_pkg::CsrMip:           rdata_o = mip;
      fb_isa_pkg::CsrTinfo:         rdata_o = 32'd1;
      fb_isa_pkg::CsrMstatush, fb_isa_pkg::CsrTselect, fb_isa_pkg::CsrTdata1,
      fb_isa_pkg::CsrTdata2, fb_isa_pkg::CsrTdata3, fb_isa_pkg::CsrMvendorid,
      fb_isa_pkg::CsrMarchid, fb_isa_pkg::CsrMimpid, fb_isa_pkg::CsrMconfigptr: rdata_o = 32'd0;
      fb_isa_pkg::CsrMhartid:       rdata_o = hart_id_i;
      fb_isa_pkg::CsrLpStart0, fb_isa_pkg::CsrLpEnd0, fb_isa_pkg::CsrLpCount0,
      fb_isa_pkg::CsrLpStart1, fb_isa_pkg::CsrLpEnd1, fb_isa_pkg::CsrLpCount1: begin
        known   = xpulpv2;
        rdata_o = loop_rdata_i;
      end
      fb_isa_pkg::CsrUhartid: begin
        known   = xpulpv2;
        rdata_o = hart_id_i;
      end
      fb_isa_pkg::CsrPrivlv: begin
        known   = xpulpv2;
        rdata_o = 32'd3;
      end
      fb_isa_pkg::CsrFbQuant: begin
        known   = xpulpnn;
        rdata_o = quant_rdata_i;
      end
      fb_isa_pkg::CsrFbFmt, fb_isa_pkg::CsrFbSkip, fb_isa_pkg::CsrFbSlice: begin
        known   = mixed;
        rdata_o = fb_rdata_i;
      end
      fb_isa_pkg::CsrFbAAddr, fb_isa_pkg::CsrFbAStride, fb_isa_pkg::CsrFbARollback,
      fb_isa_pkg::CsrFbASkip, fb_isa_pkg::CsrFbWAddr, fb_isa_pkg::CsrFbWStride,
      fb_isa_pkg::CsrFbWRollback, fb_isa_pkg::CsrFbWSkip, fb_isa_pkg::CsrFbA0,
      fb_isa_pkg::CsrFbA1, fb_isa_pkg::CsrFbW0, fb_isa_pkg::CsrFbW1, fb_isa_pkg::CsrFbW2,
      fb_isa_pkg::CsrFbW3: begin
        known   = flexv;
        rdata_o = fb_rdata_i;
      end
      default: begin
        known   = 1'b0;
        rdata_o = 32'd0;
      end
    endcase
  end

  logic        writes, we;
  logic [31:0] operand;
  always_comb begin
    writes    = 1'b0;
    illegal_o = 1'b0;
    operand   = 'x;
    wdata_o   = 'x;
    if (access_i) begin
      writes    = op_i == fb_core_pkg::CsrWrite || rs1_field_i != 5'd0;
      illegal_o = !known || (writes && addr_i[11:10] == 2'b11);
      operand   = immediate_i ? {27'd0, rs1_field_i} : operand_i;
      wdata_o   = op_i == fb_core_pkg::CsrWrite ? operand :
                  op_i == fb_core_pkg::CsrSet   ? rdata_o | operand : rdata_o & ~operand;
    end
  end
  assign we      = commit_i && writes;
  assign fb_we_o = we;

  // Interrupts: fast 31 … 16, then external, software, timer.
  logic [31:0] irq_pending;
  assign irq_pending   = irq_i & mie_mask_q;
  assign irq_pending_o = irq_pending != 32'd0;
  assign irq_take_o    = irq_pending_o && mie_q;
  always_comb begin
    irq_cause_o = 'x;
    if (irq_take_o) begin
      irq_cause_o = irq_pending[11] ? 5'd11 : irq_pending[3] ? 5'd3 : 5'd7;
      for (int i = 16; i < 32; i++) begin
        if (irq_pending[i]) irq_cause_o = i[4:0];
      end
    end
  end

  assign mepc_o = mepc_q;
  always_comb begin
    trap_target_o = 'x;
    if (trap_i) begin
      trap_target_o = {mtvec_q[31:2] + (mtvec_q[0] && trap_irq_i ? {25'd0, trap_cause_i} : 30'd0),
                       2'b00};
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      mie_q        <= 1'b0;
      mpie_q       <= 1'b0;
      mie_mask_q   <= '0;
      mtvec_q      <= '0;
      mscratch_q   <= '0;
      mepc_q       <= '0;
      mcause_irq_q <= 1'b0;
      mcause_q     <= '0;
      mtval_q      <= '0;
      inhibit_q    <= '0;
    end else if (trap_i) begin
      mie_q        <= 1'b0;
      mpie_q       <= mie_q;
      mepc_q       <= trap_epc_i;
      mcause_irq_q <= trap_irq_i;
      mcause_q     <= trap_cause_i;
      mtval_q      <= trap_tval_i;
    end else if (commit_i && mret_i) begin
      mie_q  <= mpie_q;
      mpie_q <= 1'b1;
    end else if (we) begin
      unique case (addr_i)
        fb_isa_pkg::CsrMstatus: begin
          mie_q  <= wdata_o[3];
          mpie_q <= wdata_o[7];
        end
        fb_isa_pkg::CsrMie:           mie_mask_q <= wdata_o & fb_isa_pkg::IrqMask;
        fb_isa_pkg::CsrMtvec:         mtvec_q <= {wdata_o[31:2], 1'b0, wdata_o[0]};
        fb_isa_pkg::CsrMscratch:      mscratch_q <= wdata_o;
        fb_isa_pkg::CsrMepc:          mepc_q <= {wdata_o[31:1], 1'b0};
        fb_isa_pkg::CsrMcause: begin
          mcause_irq_q <= wdata_o[31];
          mcause_q     <= wdata_o[4:0];
        end
        fb_isa_pkg::CsrMtval:         mtval_q <= wdata_o;
        fb_isa_pkg::CsrMcountinhibit: inhibit_q <= {wdata_o[NumCounters:2], wdata_o[0]};
        default: ;
      endcase
    end
  end

  // Counters. A write replaces the increment. Time and sleep are counted on the clock that does not
  // stop; nothing is written while clk_i stands.
  logic        counter_we;
  logic [63:0] written;
  always_comb begin
    counter_we = 1'b0;
    written    = 'x;
    if (is_counter) begin
      counter_we = we && index_valid;
      written    = addr_i[7] ? {wdata_o, counter[31:0]} : {counter[63:32], wdata_o};
    end
  end

  always_ff @(posedge clk_free_i or negedge rst_ni) begin
    if (!rst_ni) begin
      cycle_q <= '0;
      sleep_q <= '0;
    end else begin
      if (!inhibit_q[0]) cycle_q <= cycle_q + 64'd1;
      if ((activity_i == fb_core_pkg::ActIdle || activity_i == fb_core_pkg::ActBarrier) &&
          !inhibit_q[8]) begin
        sleep_q <= sleep_q + 64'd1;
      end
      if (counter_we) begin
        if (index == 4'd0) cycle_q <= written;
        if (index == 4'd8) sleep_q <= written;
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      instret_q    <= '0;
      load_use_q   <= '0;
      jump_q       <= '0;
      branch_q     <= '0;
      fetch_miss_q <= '0;
      contention_q <= '0;
      late_q       <= '0;
      access_q     <= '0;
    end else begin
      if (commit_i) begin
        if (!inhibit_q[1]) instret_q <= instret_q + 64'd1;
        if (branch_i && !inhibit_q[4]) branch_q <= branch_q + 64'd1;
        if (memory_i && !inhibit_q[9]) access_q <= access_q + 64'd1;
      end
      unique case (activity_i)
        fb_core_pkg::ActLoadStall:    if (!inhibit_q[2]) load_use_q <= load_use_q + 64'd1;
        fb_core_pkg::ActJump:         if (!inhibit_q[3]) jump_q <= jump_q + 64'd1;
        fb_core_pkg::ActIcacheMiss:   if (!inhibit_q[5]) fetch_miss_q <= fetch_miss_q + 64'd1;
        fb_core_pkg::ActBankConflict: if (!inhibit_q[6]) contention_q <= contention_q + 64'd1;
        fb_core_pkg::ActMemoryWait:   if (!inhibit_q[7]) late_q <= late_q + 64'd1;
        default: ;
      endcase
      if (counter_we) begin
        unique case (index)
          4'd1:    instret_q <= written;
          4'd2:    load_use_q <= written;
          4'd3:    jump_q <= written;
          4'd4:    branch_q <= written;
          4'd5:    fetch_miss_q <= written;
          4'd6:    contention_q <= written;
          4'd7:    late_q <= written;
          4'd9:    access_q <= written;
          default: ;
        endcase
      end
    end
  end

endmodule

`default_nettype wire
