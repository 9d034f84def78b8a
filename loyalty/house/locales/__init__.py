"""How Django and the theme write dates: as `loyalty.house.formats` does. Whatever is not here is as Django has it."""
