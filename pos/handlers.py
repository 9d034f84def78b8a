"""One handler for each command."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from loyalty.bus import Read, StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import NotFound
from pos.commands import (
    ActivateMerchant,
    ActivatePointOfSale,
    ActivateSeller,
    AddMerchant,
    AddPointOfSale,
    AssignSeller,
    DeactivateMerchant,
    DeactivatePointOfSale,
    DeactivateSeller,
    EditMerchant,
    EditPointOfSale,
    MerchantAnswer,
    PointOfSaleAnswer,
)
from pos.domain.merchant import Merchant, MerchantDetails
from pos.domain.point_of_sale import PointOfSale, PointOfSaleDetails, pos_id_for
from pos.domain.seller import SellerAssignment, seller_id_for

STAFF = "select id, true from staff_user where tenant_id = (select current_setting('loyalty.tenant')::int) and id = any (%s)"
ToMerchant = EditMerchant | ActivateMerchant | DeactivateMerchant
ToPointOfSale = EditPointOfSale | ActivatePointOfSale | DeactivatePointOfSale
ToSeller = AssignSeller | ActivateSeller | DeactivateSeller


def new_merchant(command: AddMerchant, circumstances: Circumstances) -> Iterable[StreamRef]:
    yield StreamRef(Merchant, command.merchant_id or circumstances.command_id)


def one_merchant(command: ToMerchant, circumstances: Circumstances) -> Iterable[StreamRef]:
    yield StreamRef(Merchant, command.merchant_id)


def merchant_and_new_place(command: AddPointOfSale, circumstances: Circumstances) -> Iterable[StreamRef]:
    yield StreamRef(Merchant, command.merchant_id)
    yield StreamRef(PointOfSale, pos_id_for(circumstances.tenant_id, command.code))


def one_place(command: ToPointOfSale, circumstances: Circumstances) -> Iterable[StreamRef]:
    yield StreamRef(PointOfSale, command.pos_id)


def seller_and_places(command: ToSeller, circumstances: Circumstances) -> Iterable[StreamRef]:
    yield StreamRef(SellerAssignment, seller_id_for(circumstances.tenant_id, command.user_id))
    if isinstance(command, AssignSeller):
        for pos_id in dict.fromkeys(command.pos_ids):
            yield StreamRef(PointOfSale, pos_id)


def account(command: AssignSeller, circumstances: Circumstances) -> Iterable[Read]:
    yield Read(STAFF, command.user_id)


@handles(AddMerchant, streams=new_merchant)
def add_merchant(command: AddMerchant, unit: Unit) -> MerchantAnswer:
    (ref,) = new_merchant(command, unit.circumstances)
    details = MerchantDetails().changed(location=_location(command), **_contact(command))
    unit.load(Merchant, ref.id).add(details, command.document_scope, unit.now)
    return MerchantAnswer(merchant_id=ref.id)


@handles(EditMerchant, streams=one_merchant)
def edit_merchant(command: EditMerchant, unit: Unit) -> MerchantAnswer:
    it = unit.load(Merchant, command.merchant_id)
    it.edit(it.details.changed(location=_location(command), **_contact(command)), unit.now)
    return MerchantAnswer(merchant_id=command.merchant_id)


@handles(ActivateMerchant, streams=one_merchant)
def activate_merchant(command: ActivateMerchant, unit: Unit) -> MerchantAnswer:
    unit.load(Merchant, command.merchant_id).activate(unit.now)
    return MerchantAnswer(merchant_id=command.merchant_id)


@handles(DeactivateMerchant, streams=one_merchant)
def deactivate_merchant(command: DeactivateMerchant, unit: Unit) -> MerchantAnswer:
    unit.load(Merchant, command.merchant_id).deactivate(unit.now)
    return MerchantAnswer(merchant_id=command.merchant_id)


@handles(AddPointOfSale, streams=merchant_and_new_place)
def add_point_of_sale(command: AddPointOfSale, unit: Unit) -> PointOfSaleAnswer:
    unit.load(Merchant, command.merchant_id).refuse_absent("merchant_id")
    place = unit.load(PointOfSale, pos_id_for(unit.tenant_id, command.code))
    details = PointOfSaleDetails().changed(location=_location(command), **_description(command))
    place.add(command.merchant_id, command.code, details, unit.now)
    return PointOfSaleAnswer(pos_id=place.id, code=place.code)


@handles(EditPointOfSale, streams=one_place)
def edit_point_of_sale(command: EditPointOfSale, unit: Unit) -> PointOfSaleAnswer:
    place = unit.load(PointOfSale, command.pos_id)
    place.edit(place.details.changed(location=_location(command), **_description(command)), unit.now)
    return PointOfSaleAnswer(pos_id=place.id, code=place.code)


@handles(ActivatePointOfSale, streams=one_place)
def activate_point_of_sale(command: ActivatePointOfSale, unit: Unit) -> PointOfSaleAnswer:
    place = unit.load(PointOfSale, command.pos_id)
    place.activate(unit.now)
    return PointOfSaleAnswer(pos_id=place.id, code=place.code)


@handles(DeactivatePointOfSale, streams=one_place)
def deactivate_point_of_sale(command: DeactivatePointOfSale, unit: Unit) -> PointOfSaleAnswer:
    place = unit.load(PointOfSale, command.pos_id)
    place.deactivate(unit.now)
    return PointOfSaleAnswer(pos_id=place.id, code=place.code)


@handles(AssignSeller, streams=seller_and_places, reads=account)
def assign_seller(command: AssignSeller, unit: Unit) -> None:
    if not unit.rows(STAFF, command.user_id):
        raise NotFound("pos.staff_unknown", field="user_id")
    for pos_id in dict.fromkeys(command.pos_ids):
        unit.load(PointOfSale, pos_id).refuse_absent("pos_ids")
    unit.load(SellerAssignment, seller_id_for(unit.tenant_id, command.user_id)).assign(command.user_id, command.pos_ids, unit.now)


@handles(ActivateSeller, streams=seller_and_places)
def activate_seller(command: ActivateSeller, unit: Unit) -> None:
    unit.load(SellerAssignment, seller_id_for(unit.tenant_id, command.user_id)).activate(command.user_id, unit.now)


@handles(DeactivateSeller, streams=seller_and_places)
def deactivate_seller(command: DeactivateSeller, unit: Unit) -> None:
    unit.load(SellerAssignment, seller_id_for(unit.tenant_id, command.user_id)).deactivate(command.user_id, unit.now)


def _location(command: AddMerchant | EditMerchant | AddPointOfSale | EditPointOfSale) -> dict[str, Any]:
    return {"address": command.address, "latitude": command.latitude, "longitude": command.longitude}


def _contact(command: AddMerchant | EditMerchant) -> dict[str, Any]:
    return {"name": command.name, "phone": command.phone, "email": command.email}


def _description(command: AddPointOfSale | EditPointOfSale) -> dict[str, Any]:
    return {"name": command.name, "description": command.description, "opening_hours": command.opening_hours}
